// Forms that could not be sent, kept in IndexedDB with their photos and sent when the network is back.
// Each carries its idempotency key, so that sending twice delivers once.
const NAME = "gz-outbox";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("forms", { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, work) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction("forms", mode);
    const request = work(transaction.objectStore("forms"));
    transaction.oncomplete = () => { base.close(); resolve(request.result); };
    transaction.onerror = () => { base.close(); reject(transaction.error); };
  });
}

export async function queue(action, draft, body) {
  const fields = [...body.entries()].filter(([name]) => name !== "csrfmiddlewaretoken");
  await run("readwrite", (store) => store.add({ action, draft, fields, at: new Date().toISOString() }));
  return true;
}

export async function countQueued() {
  return run("readonly", (store) => store.count());
}

export async function sendQueued() {
  const waiting = await run("readonly", (store) => store.getAll());
  const sent = [];
  for (const form of waiting) {
    const answer = await send(form);
    if (!answer || answer.status >= 500 || answer.status === 429) break;
    if (!answer.ok) continue;
    await run("readwrite", (store) => store.delete(form.id));
    sent.push(form.draft);
  }
  return sent;
}

async function send(form) {
  const body = new FormData();
  form.fields.forEach(([name, value]) => body.append(name, value));
  body.set("kept_at", form.at);
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  return fetch(form.action, {
    method: "POST", body, credentials: "same-origin", headers: token ? { "X-CSRFToken": token } : {},
  }).catch(() => null);
}
