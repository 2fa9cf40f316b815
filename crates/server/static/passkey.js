// Forms that are sent with a passkey: <form data-passkey="create|get" data-options-url data-finish-url data-next>.
//
// Fields with a name go into the finish body; fields with data-in-options go into the options body too.
// A field `device_name` that is empty is filled in. When the server agrees, the page goes to the path `next`
// of its answer, else to data-next. Words come from the form's data attributes, in the page's language.

const toBytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64.padEnd(Math.ceil(base64.length / 4) * 4, "=")), (c) => c.charCodeAt(0));
};

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withIdBytes = (list) => (list ?? []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));

/** Reads the options that the server sent, by the browser's own means where it has them. */
function readOptions(kind, json) {
  const own = kind === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (typeof PublicKeyCredential[own] === "function") return PublicKeyCredential[own](json);
  const options = { ...json, challenge: toBytes(json.challenge) };
  if (kind === "create") {
    options.user = { ...json.user, id: toBytes(json.user.id) };
    options.excludeCredentials = withIdBytes(json.excludeCredentials);
  } else {
    options.allowCredentials = withIdBytes(json.allowCredentials);
  }
  return options;
}

/** Writes a credential as JSON (WebAuthn Level 3, RegistrationResponseJSON and AuthenticationResponseJSON). */
function writeCredential(credential) {
  if (typeof credential.toJSON === "function") {
    try { return credential.toJSON(); } catch { /* some extensions give a toJSON that throws */ }
  }
  const { response } = credential;
  const written = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    written.attestationObject = toText(response.attestationObject);
    written.transports = response.getTransports?.() ?? [];
  } else {
    written.authenticatorData = toText(response.authenticatorData);
    written.signature = toText(response.signature);
    if (response.userHandle) written.userHandle = toText(response.userHandle);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: written,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

/** A name for this device that its owner will know in a list. */
function deviceName() {
  const agent = navigator.userAgent;
  const pick = (list) => list.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = pick([[/Edg\//, "Edge"], [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"]]);
  const system = pick([
    [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"],
    [/Mac OS X/, "Mac"], [/Windows/, "Windows"], [/Linux/, "Linux"],
  ]);
  return [browser, system].filter(Boolean).join(" · ") || "Browser";
}

class Told extends Error {}

async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  const json = await response.json().catch(() => ({}));
  if (!response.ok) throw new Told([json.title, json.detail].filter(Boolean).join(" "));
  return json;
}

function fieldsOf(form, selector) {
  const inputs = [...form.querySelectorAll(selector)].filter((input) => input.name && !input.disabled);
  return Object.fromEntries(inputs.map((input) => [input.name, input.value]));
}

async function run(form) {
  const kind = form.dataset.passkey;
  for (const input of form.querySelectorAll("input[name=device_name]")) input.value ||= deviceName();
  const answer = await post(form.dataset.optionsUrl, fieldsOf(form, "[data-in-options]"));
  const publicKey = readOptions(kind, answer.publicKey);
  const credential = await navigator.credentials[kind]({ publicKey });
  const body = { ...fieldsOf(form, "input, select, textarea"), credential: writeCredential(credential) };
  if (answer.ceremony) body.ceremony = answer.ceremony;
  const { next } = await post(form.dataset.finishUrl, body);
  location.assign(typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : form.dataset.next);
}

function wordsFor(error, words) {
  if (error instanceof Told && error.message) return error.message;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return words.cancelled;
  if (error.name === "InvalidStateError" && words.known) return words.known;
  return words.failed;
}

function attach(form) {
  const said = form.querySelector("[data-said]") ?? form.appendChild(document.createElement("p"));
  said.setAttribute("role", "status");
  said.setAttribute("aria-live", "polite");
  const say = (text, bad) => {
    said.className = bad ? "notice bad" : "notice";
    said.textContent = text ?? "";
  };
  const words = form.dataset;
  if (!globalThis.PublicKeyCredential) return say(words.unsupported, true);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = form.querySelectorAll("button");
    const busy = (is) => buttons.forEach((button) => {
      button.disabled = is;
      button.setAttribute("aria-busy", String(is));
    });
    busy(true);
    say(words.waiting);
    try {
      await run(form);
    } catch (error) {
      say(wordsFor(error, words), true);
      busy(false);
    }
  });
}

document.querySelectorAll("form[data-passkey]").forEach(attach);
