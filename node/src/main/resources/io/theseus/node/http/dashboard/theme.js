// Runs before the first paint, and is therefore no module: a page must not flash in the wrong scheme.
(() => {
  const root = document.documentElement;
  const wish = () => localStorage.getItem("theseus-theme") ?? "auto";
  const apply = () => {
    if (wish() === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", wish());
  };
  apply();
  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = wish();
    choice.addEventListener("change", () => {
      localStorage.setItem("theseus-theme", choice.value);
      apply();
      root.dispatchEvent(new Event("themechange"));
    });
    matchMedia("(prefers-color-scheme: dark)")
      .addEventListener("change", () => root.dispatchEvent(new Event("themechange")));
  });
})();
