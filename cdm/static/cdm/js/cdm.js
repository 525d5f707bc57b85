// Wakes GOV.UK components, adds rows to editable tables, and says in words when htmx gets no good answer.
import { initAll } from "../vendor/govuk-frontend/govuk-frontend.min.js";

initAll();

// New parts of the page brought by htmx wake up as well.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) initAll({ scope: event.detail.elt });
});

// Django asks for its token with every request that changes something.
document.addEventListener("htmx:configRequest", (event) => {
  const token = /(?:^|; )cdm_csrf=([^;]+)/.exec(document.cookie);
  if (token) event.detail.headers["X-CSRFToken"] = token[1];
});

// A thin line at the top while an answer is awaited.
let awaited = 0;
document.addEventListener("htmx:beforeRequest", () => {
  awaited += 1;
  document.body.classList.add("cdm-is-waiting");
});
document.addEventListener("htmx:afterRequest", () => {
  awaited = Math.max(0, awaited - 1);
  if (awaited === 0) document.body.classList.remove("cdm-is-waiting");
});

const SENTENCES = {
  0: "The registry could not be reached. Check your connection and try again.",
  403: "You may not do that, or you have been signed out. Reload the page and sign in again.",
  404: "That page is no longer there. Reload this page to see how things stand now.",
  409: "Someone changed this while you had it open. Reload the page to see how it stands now.",
  413: "That file is too large. Choose a smaller one.",
  429: "Too many requests came from you in a short time. Wait a minute and try again.",
};

function tell(sentence) {
  const place = document.getElementById("cdm-alert");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "cdm-panel cdm-panel--bad govuk-body";
  box.textContent = sentence;
  place.replaceChildren(box);
  place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  tell(SENTENCES[status] || "That did not work. Nothing was changed. Reload the page and try again.");
});
document.addEventListener("htmx:sendError", () => tell(SENTENCES[0]));
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.isError) document.getElementById("cdm-alert")?.replaceChildren();
});

// "Add a row": copies the empty row of the table; without this script the button submits the form.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-cdm-add-row]");
  if (!button) return;
  const group = button.closest("[data-cdm-formset]");
  const pattern = group.querySelector("template");
  const total = group.querySelector('input[name$="-TOTAL_FORMS"]');
  const limit = group.querySelector('input[name$="-MAX_NUM_FORMS"]');
  if (!pattern || !total) return;
  event.preventDefault();
  const index = Number(total.value);
  if (limit && index >= Number(limit.value)) {
    tell(`No more than ${limit.value} rows can be added.`);
    return;
  }
  const holder = document.createElement("tbody");
  holder.innerHTML = pattern.innerHTML.replaceAll("__prefix__", String(index)).replaceAll("__row__", String(index + 1));
  const row = holder.firstElementChild;
  group.querySelector("tbody").append(row);
  total.value = String(index + 1);
  initAll({ scope: row });
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method.toLowerCase() !== "post" || form.hasAttribute("data-cdm-many")) return;
  if (form.dataset.cdmSent) {
    event.preventDefault();
    return;
  }
  form.dataset.cdmSent = "yes";
  window.setTimeout(() => delete form.dataset.cdmSent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-cdm-sent]")) delete form.dataset.cdmSent;
});
