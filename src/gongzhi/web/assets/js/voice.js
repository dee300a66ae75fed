// A voice note beside the text field: recorded where the browser can, put into the form's own file field, so that the
// form is sent as ever. Without a recorder (or a refusal) the file field and the text field stay.
const LONGEST = 10 * 60; // seconds
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export function keepVoices() {
  const able = window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.DataTransfer;
  if (!able) return;
  document.querySelectorAll("[data-voice]").forEach((area) => {
    area.querySelector("[data-voice-tools]").hidden = false;
    area.addEventListener("click", (event) => {
      if (event.target.closest("[data-voice-start]")) start(area);
      if (event.target.closest("[data-voice-stop]")) stop(area);
      if (event.target.closest("[data-voice-drop]")) put(area, null);
    });
  });
}

async function start(area) {
  let stream = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    say(area, "denied");
    return;
  }
  const mimeType = KINDS.find((kind) => window.MediaRecorder.isTypeSupported(kind));
  const recorder = new window.MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 24000 });
  const parts = [];
  const began = Date.now();
  const tick = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    area.querySelector("[data-voice-seconds]").textContent = String(seconds);
    if (seconds >= LONGEST) stop(area);
  }, 500);
  recorder.addEventListener("dataavailable", (event) => { if (event.data.size) parts.push(event.data); });
  recorder.addEventListener("stop", () => {
    clearInterval(tick);
    stream.getTracks().forEach((track) => track.stop());
    put(area, new Blob(parts, { type: recorder.mimeType }));
  });
  area.gzRecorder = recorder;
  recorder.start(1000);
  say(area, "recording");
  show(area, "stop");
}

function stop(area) {
  if (area.gzRecorder && area.gzRecorder.state !== "inactive") area.gzRecorder.stop();
}

function put(area, blob) {
  const field = area.querySelector("[data-voice-file]");
  const carrier = new DataTransfer();
  if (blob) carrier.items.add(new File([blob], "voice", { type: blob.type }));
  field.files = carrier.files;
  say(area, blob ? "kept" : "");
  show(area, blob ? "drop" : "");
}

function say(area, state) {
  area.querySelectorAll("[data-voice-when]").forEach((part) => { part.hidden = part.dataset.voiceWhen !== state; });
}

function show(area, which) {
  area.querySelector("[data-voice-start]").hidden = which === "stop";
  area.querySelector("[data-voice-stop]").hidden = which !== "stop";
  area.querySelector("[data-voice-drop]").hidden = which !== "drop";
}
