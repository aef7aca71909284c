// Sending recordings: one at a time, each as one request, with its progress, and a retry where the line broke.
"use strict";

class Upload {
  constructor(file, classId, slot, changed) {
    this.file = file;
    this.classId = classId;
    this.slot = slot; // name that the class file gives it; null until somebody has chosen
    this.changed = changed;
    this.state = slot === null ? "choose" : "waiting";
    this.sentBytes = 0;
    this.problem = null; // an answer of the server: {code, zh, en}
    this.note = null; // a sentence of our own: [key, values]
    this.mayReplace = false;
    this.request = null;
    this.startedMs = 0;
  }

  get isOpen() { return ["waiting", "sending", "checking"].includes(this.state); }

  choose(slot) {
    this.slot = slot;
    this.again(false);
  }

  again(mayReplace) {
    this.mayReplace = mayReplace;
    this.problem = null;
    this.note = null;
    this.sentBytes = 0;
    this.state = "waiting";
    this.changed();
  }

  cancel() {
    if (this.request) this.request.abort();
    this.state = "cancelled";
    this.changed();
  }

  async send(limits) {
    if (this.file.size > limits.max_upload_bytes) return this.#fail(null, ["up_too_large", {limit: bytesText(limits.max_upload_bytes)}]);
    if (limits.free_bytes !== null && this.file.size > limits.free_bytes) return this.#fail(null, ["up_no_room", {free: bytesText(limits.free_bytes)}]);
    this.state = "sending";
    this.startedMs = performance.now();
    this.changed();
    const answer = await this.#put();
    if (this.state === "cancelled") return;
    if (answer === null) return this.#fail(null, ["up_lost", {}]);
    if (answer.status === 200 || answer.status === 201) {
      this.note = [answer.body.is_new ? "up_done" : "up_same", {}];
      this.state = "done";
      this.changed();
      return;
    }
    this.#fail(answer.body);
  }

  // Resolves to {status, body}, or to null where the connection broke. fetch() cannot tell upload progress.
  #put() {
    const query = new URLSearchParams({original_name: this.file.name});
    if (this.mayReplace) query.set("replace", "true");
    const address = `/api/v1/classes/${encodeURIComponent(this.classId)}/recordings/${encodeURIComponent(this.slot)}?${query}`;
    return new Promise((resolve) => {
      const request = this.request = new XMLHttpRequest();
      request.open("PUT", address);
      request.responseType = "json";
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => { this.sentBytes = event.loaded; this.changed(); };
      request.upload.onload = () => { if (this.state === "sending") { this.state = "checking"; this.changed(); } };
      request.onload = () => resolve(request.response ? {status: request.status, body: request.response} : null);
      request.onerror = request.onabort = request.ontimeout = () => resolve(null);
      request.send(this.file);
    });
  }

  #fail(problem, note = null) {
    this.problem = problem;
    this.note = note;
    this.state = "failed";
    this.changed();
  }
}

class UploadQueue {
  constructor(changed) {
    this.items = [];
    this.changed = changed;
    this.isRunning = false;
  }

  get isBusy() { return this.items.some((item) => item.isOpen); }

  add(file, classId, slot) {
    this.items.push(new Upload(file, classId, slot, () => { this.changed(); this.run(); }));
    this.changed();
    this.run();
  }

  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    this.changed();
  }

  async run() {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      let next;
      while ((next = this.items.find((item) => item.state === "waiting"))) {
        const limits = await getJson("/api/v1/limits");
        if (limits === null) { next.state = "failed"; next.note = ["up_lost", {}]; this.changed(); continue; }
        await next.send(limits);
      }
    } finally {
      this.isRunning = false;
    }
  }
}

async function getJson(address) {
  try {
    const answer = await fetch(address, {headers: {Accept: "application/json"}});
    return answer.ok || answer.status === 503 ? await answer.json() : null;
  } catch {
    return null;
  }
}

function bytesText(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let step = 0;
  while (bytes >= 1000 && step < units.length - 1) { bytes /= 1024; step += 1; }
  return `${bytes.toFixed(step > 1 && bytes < 100 ? 1 : 0)} ${units[step]}`;
}
