// The page: class files in, recordings in, units and their reports out. Texts come from the server in both languages.
"use strict";

const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const POLL_MS = 2000;
const byId = (id) => document.getElementById(id);
let language = localStorage.getItem("language") || document.documentElement.dataset.language;
let classes = [];
let chosenClass = null;
let classMessage = null; // [kind, key or null, values, problem]
let workers = "ready";
let isServerThere = true;

const uploads = new UploadQueue(() => drawUploads());

function text(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function node(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const button = (key, onclick, isMain = false) => node("button", {type: "button", textContent: text(key), onclick, className: isMain ? "main" : ""});
const told = (problem) => problem[language] || problem.en;

// --- step 1 ---

async function sendClassFile(file) {
  classMessage = ["", "class_checking", {name: file.name}, null];
  drawStatic();
  try {
    const answer = await fetch(`/api/v1/classes?${new URLSearchParams({name: file.name})}`, {
      method: "POST", body: file, headers: {"Content-Type": "application/yaml"},
    });
    const body = await answer.json();
    classMessage = answer.ok ? ["", "class_ok", {name: file.name}, null] : ["bad", null, {}, body];
    if (answer.ok) chosenClass = body.id;
  } catch {
    classMessage = ["bad", "server_gone", {}, null];
  }
  drawStatic();
  await refresh();
}

// --- step 2 ---

function addRecordings(files) {
  const chosen = classes.find((item) => item.id === chosenClass);
  if (!chosen) return;
  for (const file of files) {
    // Several classes may be in work at once: a name that only one of them knows leads to it.
    const name = file.name.normalize("NFC");
    const owners = classes.filter((item) => slotsOf(item).includes(name));
    const owner = owners.includes(chosen) || owners.length !== 1 ? chosen : owners[0];
    uploads.add(file, owner.id, slotsOf(owner).includes(name) ? name : null);
  }
}

const slotsOf = (item) => [...new Set(item.units.flatMap((unit) => unit.recordings.map((recording) => recording.upload_name)))];

// Recordings that are still missing, or all of them where none is.
function slotsToChoose(classId) {
  const item = classes.find((other) => other.id === classId);
  if (!item) return [];
  const missing = item.units.flatMap((unit) => unit.recordings.filter((r) => r.state === "missing").map((r) => r.upload_name));
  return missing.length ? [...new Set(missing)] : slotsOf(item);
}

function drawUploads() {
  byId("uploads-section").hidden = uploads.items.length === 0;
  const list = byId("uploads");
  const focused = document.activeElement;
  // A list box that is open must not be drawn anew under the user's pointer.
  if (focused && focused.tagName === "SELECT" && list.contains(focused)) return;
  list.replaceChildren(...uploads.items.map(uploadRow));
}

function uploadRow(item) {
  const row = node("li", {className: {failed: "bad", done: "good"}[item.state] || ""},
    node("span", {className: "name", textContent: item.file.name}, node("span", {className: "size", textContent: bytesText(item.file.size)})),
    node("span", {className: "buttons"}, ...uploadButtons(item)));
  if (item.state === "sending" || item.state === "checking") {
    row.append(node("progress", {max: 1, value: item.state === "checking" ? 1 : item.sentBytes / Math.max(1, item.file.size)}));
  }
  row.append(node("span", {className: "told", role: "status", textContent: uploadText(item)}));
  if (item.state === "choose") row.append(slotSelect(item));
  return row;
}

function uploadButtons(item) {
  if (item.state === "failed") {
    const isTaken = item.problem && item.problem.code === "already_received";
    return [isTaken ? button("replace", () => item.again(true)) : button("retry", () => item.again(item.mayReplace), true),
      button("remove", () => uploads.remove(item))];
  }
  if (item.isOpen && item.state !== "checking") return [button("cancel", () => { item.cancel(); uploads.remove(item); })];
  return [button("remove", () => uploads.remove(item))].filter(() => item.state !== "checking");
}

function uploadText(item) {
  if (item.problem) return told(item.problem);
  if (item.note) return text(...item.note);
  if (item.state === "choose") return text("up_choose");
  if (item.state === "checking") return text("up_checking");
  if (item.state !== "sending") return text("up_waiting");
  const seconds = Math.max(0.001, (performance.now() - item.startedMs) / 1000);
  const speed = item.sentBytes / seconds;
  const left = speed > 0 ? (item.file.size - item.sentBytes) / speed : 0;
  const leftText = left > 90 ? text("minutes", {n: Math.ceil(left / 60)}) : text("seconds", {n: Math.ceil(left)});
  return text("up_sending", {percent: Math.floor(100 * item.sentBytes / Math.max(1, item.file.size)), speed: bytesText(speed), left: leftText});
}

function slotSelect(item) {
  const options = slotsToChoose(item.classId).map((slot) => node("option", {value: slot, textContent: slot}));
  const select = node("select", {onchange: () => { const slot = select.value; select.blur(); if (slot) item.choose(slot); }},
    node("option", {value: "", textContent: text("up_choose_none")}), ...options);
  return select;
}

// --- units ---

function drawClasses() {
  byId("no-units").hidden = classes.length > 0;
  byId("classes").replaceChildren(...classes.slice().reverse().flatMap(classBlock));
  byId("class-choice").hidden = classes.length < 2;
  const select = byId("class-select");
  if (document.activeElement !== select) {
    select.replaceChildren(...classes.map((item) => node("option", {value: item.id, textContent: `${item.class_number} · ${item.occupation}`, selected: item.id === chosenClass})));
  }
}

function classBlock(item) {
  const head = node("div", {className: "class-head"}, node("b", {textContent: text("class_head", {number: item.class_number, occupation: item.occupation})}),
    node("span", {textContent: item.institution}), node("span", {textContent: text("rule_pack", {pack: item.rule_pack})}));
  const titles = ["col_unit", "col_time", "col_topic", "col_recordings", "col_state", "col_result"];
  const table = node("table", {}, node("thead", {}, node("tr", {}, ...titles.map((key) => node("th", {scope: "col", textContent: text(key)})))),
    node("tbody", {}, ...item.units.map(unitRow)));
  return [head, node("div", {className: "table"}, table)];
}

function unitRow(unit) {
  return node("tr", {},
    node("td", {}, node("b", {textContent: unit.name}), node("small", {textContent: text(`kind_${unit.kind}`)})),
    node("td", {className: "time", textContent: whenText(unit.starts_at, unit.ends_at)}),
    node("td", {textContent: unit.topic}),
    node("td", {className: "recordings"}, ...unit.recordings.map(recordingLine)),
    node("td", {className: "state"}, ...stateParts(unit)),
    node("td", {className: "result"}, ...resultParts(unit)));
}

function recordingLine(recording) {
  const mark = {analysed: "good", unreadable: "bad", failed: "bad", missing: "open"}[recording.state] || "";
  const state = text(`rec_${recording.state}`, {percent: Math.floor(100 * (recording.progress || 0))});
  return node("div", {}, `${recording.upload_name} `, node("span", {className: `tag ${mark}`, textContent: state}),
    recording.error ? node("span", {className: "complaint", textContent: told(recording.error)}) : null);
}

function stateParts(unit) {
  const isQueued = unit.state === "analysing" && unit.recordings.every((recording) => recording.state !== "analysing");
  const mark = {judged: "good", failed: "bad", waiting: "open"}[unit.state] || "";
  const key = isQueued ? "state_queued" : `state_${unit.state}`;
  const percent = Math.floor(100 * (unit.progress || 0));
  const parts = [node("span", {className: `tag ${mark}`, textContent: text(key, {n: unit.waiting_for, percent})})];
  if (unit.state === "analysing" && !isQueued) parts.push(node("progress", {max: 1, value: unit.progress || 0}));
  if (unit.error) parts.push(node("small", {textContent: told(unit.error)}));
  return parts;
}

function resultParts(unit) {
  const parts = [];
  const buttons = [];
  if (unit.outcome) {
    const mark = {pass: "good", fail: "bad", review: "open"}[unit.outcome];
    parts.push(node("span", {className: `tag ${mark}`, textContent: text(`outcome_${unit.outcome}`)}));
    if (unit.payable_class_hours !== null) parts.push(node("small", {textContent: text("payable", {n: unit.payable_class_hours})}));
    buttons.push(node("a", {className: "main", href: `/api/v1/units/${unit.id}/report.html`, target: "_blank", rel: "noopener", textContent: text("report")}));
  }
  if (unit.state === "failed" || unit.recordings.some((recording) => recording.state === "failed")) buttons.push(button("again", () => again(unit.id)));
  if (buttons.length) parts.push(node("div", {className: "buttons"}, ...buttons));
  return parts;
}

async function again(unitId) {
  await fetch(`/api/v1/units/${unitId}/again`, {method: "POST"}).catch(() => null);
  await refresh();
}

function whenText(start, end) {
  const day = new Intl.DateTimeFormat("sv-SE", {timeZone: "Asia/Shanghai", dateStyle: "short"});
  const time = new Intl.DateTimeFormat("sv-SE", {timeZone: "Asia/Shanghai", timeStyle: "short"});
  return `${day.format(new Date(start))} ${time.format(new Date(start))}–${time.format(new Date(end))}`;
}

// --- the frame ---

function drawStatic() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = text("title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  const hasClass = classes.length > 0;
  byId("video-hint").textContent = text(hasClass ? "step_video_hint" : "step_video_locked");
  byId("video-drop").classList.toggle("locked", !hasClass);
  byId("video-input").disabled = !hasClass;
  const message = byId("class-message");
  message.hidden = classMessage === null;
  if (classMessage) {
    const [kind, key, values, problem] = classMessage;
    message.className = `message ${kind}`;
    message.textContent = problem ? told(problem) : text(key, values);
  }
  const banner = isServerThere ? {starting: "workers_starting", restarting: "workers_restarting"}[workers] : "server_gone";
  byId("banner").hidden = !banner;
  if (banner) byId("banner").textContent = text(banner);
}

function draw() {
  drawStatic();
  drawUploads();
  drawClasses();
}

async function refresh() {
  const [found, ready] = await Promise.all([getJson("/api/v1/classes"), getJson("/readyz")]);
  isServerThere = Array.isArray(found) && ready !== null;
  if (isServerThere) {
    classes = found;
    workers = ready.workers;
    if (!classes.some((item) => item.id === chosenClass)) chosenClass = classes.length ? classes[classes.length - 1].id : null;
  }
  draw();
}

function dropZone(zoneId, inputId, take) {
  const zone = byId(zoneId);
  const input = byId(inputId);
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.remove("over"); });
  zone.addEventListener("drop", (event) => { if (!input.disabled) take([...event.dataTransfer.files]); });
  zone.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); input.click(); } });
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
}

dropZone("class-drop", "class-input", async (files) => { for (const file of files) await sendClassFile(file); });
dropZone("video-drop", "video-input", addRecordings);
byId("class-select").addEventListener("change", (event) => { chosenClass = event.target.value; event.target.blur(); });
byId("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
  draw();
});
// A file dropped beside the fields must not replace the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
window.addEventListener("beforeunload", (event) => { if (uploads.isBusy) event.preventDefault(); });

async function keepFresh() {
  await refresh();
  setTimeout(keepFresh, POLL_MS);
}
keepFresh();
