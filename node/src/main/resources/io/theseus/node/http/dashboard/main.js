// Joins the parts of the page. Each part reads the node's answers itself; none knows another but where it says so.
import { getJson } from "./api.js";
import { explain, heard } from "./blocks.js";
import { chart } from "./chart.js";
import { offerMeaning, offerModels } from "./chat.js";
import { byId, soon } from "./dom.js";
import { figures } from "./figures.js";
import { follow } from "./follow.js";
import { models } from "./models.js";
import { refresh } from "./remembered.js";

const EVERY = 5000;
const AGES = 30000;

let asked = false;
let listed = null;

async function look() {
  if (asked || document.hidden) return;
  asked = true;
  try {
    const stats = await getJson("/theseus/v1/stats");
    figures(stats);
    chart(stats);
    models(stats);
    explain(stats);
    offerMeaning(stats.meaning);
    await listModels(stats);
  } catch (failure) {
    byId("connection").textContent = failure.message;
    byId("connection").dataset.good = "false";
  } finally {
    asked = false;
  }
}

/** All models that can be asked, those of other engines among them: a list that may be long and seldom changes. */
async function listModels(stats) {
  const own = JSON.stringify(stats.models.map((model) => model.id));
  if (own === listed) return;
  const { data } = await getJson("/v1/models");
  const ids = data.map((model) => model.id).filter((id) => id !== stats.embedding_model);
  offerModels(ids);
  listed = ids.length > 0 ? own : null;
}

byId("model").addEventListener("focus", () => {
  listed = null;
  look();
});

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
      listed = null;
      look();
      refresh();
    }
  });
setInterval(look, EVERY);
setInterval(refresh, AGES);
look();
refresh();
