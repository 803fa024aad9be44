// Joins the parts of the page. Each part reads the node's answers itself; none knows another but where it says so.
import { getJson } from "./api.js";
import { heard } from "./blocks.js";
import { chart } from "./chart.js";
import { offerModels } from "./chat.js";
import { byId, soon } from "./dom.js";
import { figures } from "./figures.js";
import { follow } from "./follow.js";
import { models } from "./models.js";
import { refresh } from "./remembered.js";

const EVERY = 5000;
const AGES = 30000;

let asked = false;

async function look() {
  if (asked || document.hidden) return;
  asked = true;
  try {
    const stats = await getJson("/theseus/v1/stats");
    figures(stats);
    chart(stats);
    models(stats);
    offerModels(stats.models.map((model) => model.id));
  } catch (failure) {
    byId("connection").textContent = failure.message;
    byId("connection").dataset.good = "false";
  } finally {
    asked = false;
  }
}

const lookSoon = soon(look, 250);
const refreshSoon = soon(refresh, 400);

follow(
  (event) => {
    heard(event);
    if (event.type === "stopping") byId("connection").textContent = "the node is stopping";
    lookSoon();
    refreshSoon();
  },
  (words, good) => {
    byId("connection").textContent = words;
    byId("connection").dataset.good = good;
    if (good) {
      look();
      refresh();
    }
  });
setInterval(look, EVERY);
setInterval(refresh, AGES);
look();
refresh();
