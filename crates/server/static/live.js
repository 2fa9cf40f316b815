// What moves on a page: parts that follow events, buttons that copy, forms that are sent once.
//
// <section data-live="/wallet/balance"> is fetched again when something happened; the answer is HTML of ours.
// <button data-copy="text" data-copied="Copied"> copies. A form is sent once per click, unless it says data-again.

const SETTLE_MS = 150;
const COPIED_MS = 1800;
const EVENTS_URL = "/v1/events";

async function refresh(part) {
  const response = await fetch(part.dataset.live, {
    headers: { accept: "text/html" },
    credentials: "same-origin",
  });
  const kind = response.headers.get("content-type") ?? "";
  if (!response.ok || !kind.startsWith("text/html")) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  part.replaceChildren(...page.body.childNodes);
  part.querySelectorAll("[data-copy]").forEach(attachCopy);
}

function follow(parts) {
  let waiting;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => parts.forEach((part) => refresh(part).catch(() => {})), SETTLE_MS);
  };
  const names = new Set(parts.flatMap((part) => (part.dataset.events ?? "").split(" ").filter(Boolean)));
  const events = new EventSource(EVENTS_URL);
  events.addEventListener("message", again);
  names.forEach((name) => events.addEventListener(name, again));
  // What happened between the page and its stream, or while the stream was broken, came on no event.
  events.addEventListener("open", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function attachCopy(button) {
  button.addEventListener("click", async () => {
    const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    await navigator.clipboard.writeText(source ? source.textContent.trim() : button.dataset.copy);
    const before = button.textContent;
    button.textContent = button.dataset.copied ?? before;
    setTimeout(() => { button.textContent = before; }, COPIED_MS);
  });
}

function attachOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-busy", "true"));
  });
}

// What was typed since the page came goes along to the other language.
function attachSwitch(form) {
  form.addEventListener("submit", () => form.querySelectorAll("input").forEach((kept) => {
    const typed = document.querySelector(`main [name="${kept.name}"]:not([type=hidden])`);
    if (typed) kept.value = typed.value;
  }));
}

const parts = [...document.querySelectorAll("[data-live]")];
if (parts.length > 0) follow(parts);
document.querySelectorAll("[data-copy], [data-copy-from]").forEach(attachCopy);
document.querySelectorAll("form[data-switch]").forEach(attachSwitch);
document.querySelectorAll("form[method=post]:not([data-again], [data-passkey])").forEach(attachOnce);
// A page that comes back from the browser's memory must not keep its forms shut.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-busy"));
}));
