// Elements without markup: whatever comes from a model or a user becomes text, never HTML.

/**
 * A new element. Properties named on... are listeners, the rest are attributes; false and null leave an attribute out.
 * Children are nodes or texts.
 */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(key.slice(2).toLowerCase(), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Says something to everybody, those who listen instead of look among them. */
export function announce(text) {
  byId("announcement").textContent = text;
}

/** Calls `action` once, `millis` after the last of several calls. */
export function settled(action, millis) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, millis);
  };
}

/** Calls `action` within `millis` of any number of calls, at least once after the last of them. */
export function soon(action, millis) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      action();
    }, millis);
  };
}

/** Shows a modal dialog and waits until it is closed; Escape closes with "". */
export function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}
