// Paying in a shop: reads a code by the camera where the browser can, and counts a shown code down.

const LOOK_MS = 200;
const TICK_MS = 500;

async function canScan() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return false;
  const formats = await BarcodeDetector.getSupportedFormats();
  return formats.includes("qr_code");
}

function attachScan(form) {
  const part = form.querySelector("[data-scan-part]");
  const button = part.querySelector("[data-scan-start]");
  const trouble = part.querySelector("[data-scan-trouble]");
  const video = part.querySelector("video");
  const words = button.textContent;
  let stream;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    video.hidden = true;
    button.textContent = words;
  };
  const look = async (detector) => {
    if (!stream) return;
    const [found] = await detector.detect(video).catch(() => []);
    if (!stream) return;
    if (!found) return setTimeout(() => look(detector), LOOK_MS);
    stop();
    form.elements.payload.value = found.rawValue;
    form.requestSubmit();
  };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    trouble.textContent = "";
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      button.textContent = button.dataset.stop;
      await video.play();
      look(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      trouble.textContent = trouble.dataset.words;
    }
  });
  addEventListener("pagehide", stop);
  part.hidden = false;
}

function countDown(card) {
  // The time left, not the time of day: a phone's clock may be wrong.
  const until = Date.now() + Number(card.dataset.goodMs);
  const left = card.querySelector("[data-left]");
  const clock = card.querySelector("[data-clock]");
  const label = card.querySelector("[data-label]");
  label.textContent = label.dataset.label;
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    if (seconds > 0) {
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      return;
    }
    clearInterval(timer);
    card.querySelectorAll("[data-code]").forEach((part) => part.remove());
    left.textContent = left.dataset.over;
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
  // The till has charged the code: show what was paid.
  const events = new EventSource("/v1/events");
  events.addEventListener("payment.completed", (event) => {
    const told = JSON.parse(event.data);
    if (told.kind === "qr_payment") location.assign(`/payments/${encodeURIComponent(told.payment)}`);
  });
  addEventListener("pagehide", () => events.close());
}

const form = document.querySelector("form[data-scan]");
if (form && (await canScan().catch(() => false))) attachScan(form);
const card = document.querySelector("[data-good-ms]");
if (card) countDown(card);
