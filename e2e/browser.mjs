// A customer with a phone: a browser of 390 × 844 with a passkey of its own, and what every page must be.
import { chromium, request } from "playwright-core";

const PHONE = { width: 390, height: 844 };
const WAIT_MS = 30_000;
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const SHOWN_ONCE = ["/me/recovery-code", "/me/close"];
const TONGUES = { ja: "ja-JP", en: "en-US" };

export const open = (executablePath) => chromium.launch({ executablePath, args: ARGUMENTS });

/** Counts steps, keeps pictures, and tells one line per step. */
export class Tally {
  passed = 0;
  failed = 0;
  #shots = 0;

  constructor(folder) {
    this.folder = folder;
  }

  async shot(page, language, name) {
    this.#shots += 1;
    const number = String(this.#shots).padStart(2, "0");
    const path = `${this.folder}/${language}-${number}-${name.replaceAll(/[^a-zA-Z0-9]+/g, "-")}.png`;
    await page.screenshot({ path, fullPage: true });
  }

  tell(language, name, error, page) {
    if (!error) {
      this.passed += 1;
      return console.log(`ok    ${language}  ${name}`);
    }
    this.failed += 1;
    console.log(`FAIL  ${language}  ${name}: ${error.message.split("\n").slice(0, 3).join(" ")} (at ${page.url()})`);
  }
}

/** One customer's phone. All its tabs are watched, from the first to the last answer. */
export class Phone {
  #troubles = [];
  #expected = [];
  #statuses = new WeakMap();

  constructor(context, language, wallet, tally) {
    Object.assign(this, { context, language, wallet, tally });
    context.on("page", (page) => this.#watch(page));
  }

  static async of(browser, { language, wallet, tally }) {
    const context = await browser.newContext({ viewport: PHONE, locale: TONGUES[language] });
    // The browser tells of a policy that was violated; we have it say so where it is heard.
    await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    }));
    const phone = new Phone(context, language, wallet, tally);
    phone.page = await context.newPage();
    const devtools = await context.newCDPSession(phone.page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true,
      },
    });
    return phone;
  }

  #watch(page) {
    page.setDefaultTimeout(WAIT_MS);
    page.on("pageerror", (error) => this.#troubles.push(`script: ${error.message}`));
    page.on("console", (message) => {
      // Answers of 400 and above are judged below, by their status.
      const answer = message.text().startsWith("Failed to load resource: the server responded");
      if (message.type() === "error" && !answer) this.#troubles.push(`console: ${message.text()}`);
    });
    page.on("response", (response) => this.#judge(response));
  }

  #judge(response) {
    const status = response.status();
    const { pathname, origin } = new URL(response.url());
    if (status >= 400) {
      const place = this.#expected.indexOf(status);
      if (place >= 0) this.#expected.splice(place, 1);
      else this.#troubles.push(`${status} for ${response.request().method()} ${pathname}`);
    }
    const whole = response.request().resourceType() === "document" && (status < 300 || status >= 400);
    if (!whole || origin !== this.wallet) return;
    this.#statuses.set(response.frame().page(), status);
    const policy = response.headers()["content-security-policy"] ?? "";
    if (!policy.includes("default-src 'none'") || policy.includes("unsafe")) {
      this.#troubles.push(`${pathname} is sent with the policy "${policy}"`);
    }
  }

  /** A step does what it says and leaves no trouble behind. `expects`: the statuses of refusals that belong to it. */
  async step(name, play, { expects = [], page = this.page } = {}) {
    this.#expected = [...expects];
    try {
      await play();
      await this.look(name, page);
      if (this.#expected.length) throw new Error(`no answer had the status ${this.#expected}`);
      if (this.#troubles.length) throw new Error(this.#troubles.splice(0).join("; "));
      this.tally.tell(this.language, name);
    } catch (error) {
      this.tally.tell(this.language, name, error, page);
      await this.tally.shot(page, this.language, `FAILED-${name}`).catch(() => {});
      throw error;
    }
  }

  /** Inspects the page that is open, and keeps a picture of it. */
  async look(name, page = this.page) {
    const wrong = await page.evaluate(faultsOf, this.language);
    const ours = page.url().startsWith(this.wallet);
    if (ours) wrong.push(...(await this.#otherLanguage(page)));
    await this.tally.shot(page, this.language, name);
    if (wrong.length) throw new Error(wrong.join("; "));
  }

  // The way to the other language leads somewhere, from every page: a link, or a form that takes along what was typed.
  // Only a page that is shown once has none. Asked beside the browser: it stays as it is.
  async #otherLanguage(page) {
    const switches = page.locator("header .language");
    if ((await switches.count()) === 0) {
      return SHOWN_ONCE.includes(new URL(page.url()).pathname) ? [] : ["no way to the other language"];
    }
    const wanted = await switches.getAttribute("lang");
    const { href, form } = await switches.evaluate((node) => ({
      href: node.href ?? node.form.action,
      form: node.form && Object.fromEntries(new FormData(node.form)),
    }));
    const asker = await request.newContext({ storageState: await this.context.storageState() });
    try {
      const headers = { accept: "text/html" };
      const answer = await (form ? asker.post(href, { headers, form }) : asker.get(href, { headers }));
      // A page that is a refusal itself is one in both languages.
      const fine = answer.ok() || answer.status() === this.#statuses.get(page);
      if (!fine) return [`the way to the other language answers ${answer.status()}`];
      const shown = /<html lang="(\w+)"/.exec(await answer.text())?.[1];
      return shown === wanted ? [] : [`the way to "${wanted}" shows "${shown}"`];
    } finally {
      await asker.dispose();
    }
  }

  go(path) {
    return this.page.goto(`${this.wallet}${path}`);
  }

  press(selector, page = this.page) {
    return page.locator(selector).first().click();
  }

  /** Waits for a path of the wallet, in `*` wildcards. */
  arrive(path) {
    return this.page.waitForURL((url) => {
      const pattern = new RegExp(`^${path.split("*").map((part) => part.replaceAll(/[.?/]/g, "\\$&")).join(".*")}$`);
      return url.origin === this.wallet && pattern.test(url.pathname);
    });
  }
}

// Runs inside the page: everything a page must be, whichever it is.
function faultsOf(language) {
  const { documentElement: root } = document;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const says = (node) => node.textContent.trim() || node.getAttribute("aria-label") || node.querySelector("img[alt]")?.alt;
  const inputs = all("input:not([type=hidden]), select, textarea");
  const named = (node) => node.name || node.id || node.outerHTML.slice(0, 60);
  const ids = all("[id]").map((node) => node.id);
  const described = all("[aria-describedby], [aria-labelledby]")
    .flatMap((node) => `${node.getAttribute("aria-describedby") ?? ""} ${node.getAttribute("aria-labelledby") ?? ""}`.split(" "));
  const faults = [
    [root.lang !== language, `in "${root.lang}", not "${language}"`],
    [root.scrollWidth > innerWidth, `scrolls sideways: ${root.scrollWidth} px at ${innerWidth} px`],
    [!document.title.trim(), "no title"],
    [all("h1").length !== 1, `${all("h1").length} main headings`],
    [all("main").length !== 1, `${all("main").length} main parts`],
    ...inputs.map((node) => [!node.labels?.length && !node.getAttribute("aria-label"), `no label: ${named(node)}`]),
    ...all("button, a[href]").map((node) => [!says(node), `says nothing: ${node.outerHTML.slice(0, 60)}`]),
    ...all("img").map((node) => [!node.hasAttribute("alt"), `no alt: ${node.src}`]),
    ...ids.map((id, place) => [ids.indexOf(id) !== place, `id twice: ${id}`]),
    ...described.map((id) => [id && !document.getElementById(id), `described by what is not there: ${id}`]),
  ];
  return faults.filter(([is]) => is).map(([, words]) => words);
}
