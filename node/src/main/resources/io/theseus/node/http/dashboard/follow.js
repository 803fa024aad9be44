// Follows the node's events for as long as the page is looked at, and says so when it cannot.
import { events, request } from "./api.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

/**
 * Calls `heard` with each event. `state` gets words and whether they are good news.
 *
 * A browser has six connections to one host: a page in the background gives its own back.
 */
export function follow(heard, state) {
  let connection = null;
  let wait = FIRST_WAIT;
  let timer = 0;

  async function connect() {
    clearTimeout(timer);
    const mine = (connection = new AbortController());
    try {
      const response = await request("/theseus/v1/events", { signal: mine.signal });
      state("live", true);
      wait = FIRST_WAIT;
      for await (const data of events(response)) heard(JSON.parse(data));
      again(mine, "the node ended the connection");
    } catch (failure) {
      again(mine, failure.message);
    }
  }

  function again(mine, reason) {
    if (mine !== connection) return;
    const millis = wait * (0.75 + Math.random() / 2);
    wait = Math.min(LONGEST_WAIT, wait * 2);
    state(`not connected (${reason}); trying again in ${Math.ceil(millis / 1000)} s`, false);
    timer = setTimeout(connect, millis);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    const left = connection;
    connection = null;
    left?.abort();
    if (document.hidden) {
      state("paused while this page is in the background", false);
    } else {
      wait = FIRST_WAIT;
      connect();
    }
  });
  connect();
}
