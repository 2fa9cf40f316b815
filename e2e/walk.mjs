// A newcomer's whole life at a phone's width: in Japanese from sign-up to unlinking, then the main pages in English.
import { chromium } from "playwright-core";

const { WALLET, SANDBOX, SHOTS, CHROMIUM } = process.env;
const HANAKO = { id: "hanako", phone: "09000000001", mail: "hanako@example.jp", pin: "8642" };
const WAIT = 20_000;

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "ja-JP" });
const page = await context.newPage();
page.setDefaultTimeout(WAIT);

// A passkey that lives in the browser, as a phone's own would.
const devtools = await context.newCDPSession(page);
await devtools.send("WebAuthn.enable");
await devtools.send("WebAuthn.addVirtualAuthenticator", {
  options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  },
});

const troubles = [];
page.on("console", (message) => {
  // A page that answers 4xx on purpose is noted by the browser as an error of its own.
  const expected = /status of 4\d\d/.test(message.text());
  if (message.type() === "error" && !expected) troubles.push(`console: ${message.text()}`);
});
page.on("pageerror", (error) => troubles.push(`script: ${error.message}`));

let passed = 0;
let failed = 0;
let shots = 0;

async function shot(language, name) {
  shots += 1;
  const number = String(shots).padStart(2, "0");
  await page.screenshot({ path: `${SHOTS}/${language}-${number}-${name}.png`, fullPage: true });
}

// What every page of the wallet must be.
async function inspect(language) {
  const found = await page.evaluate(() => ({
    language: document.documentElement.lang,
    wide: document.documentElement.scrollWidth > window.innerWidth,
    unlabelled: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
      .filter((input) => !input.labels?.length && !input.getAttribute("aria-label"))
      .map((input) => input.name),
    heading: document.querySelectorAll("h1").length,
  }));
  if (found.language !== language) throw new Error(`the page is in "${found.language}", not "${language}"`);
  if (found.wide) throw new Error("the page scrolls sideways at 390 px");
  if (found.unlabelled.length) throw new Error(`inputs without a label: ${found.unlabelled}`);
  if (found.heading !== 1) throw new Error(`${found.heading} main headings`);
}

// One step: it must do what it says, and leave no trouble in the browser's console.
async function step(name, play, { language = "ja", ours = true } = {}) {
  troubles.length = 0;
  try {
    await play();
    if (ours) await inspect(language);
    if (troubles.length) throw new Error(troubles.join("; "));
    await shot(language, name.replaceAll(/[^a-zA-Z0-9]+/g, "-"));
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error.message.split("\n")[0]} (at ${page.url()})`);
    await shot(language, `FAILED-${name.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`).catch(() => {});
    throw error;
  }
}

const json = async (path, options) => (await fetch(`${SANDBOX}${path}`, options)).json();
const newest = async (path, known) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const { messages } = await json(path);
    const code = messages.filter((message) => !known.has(message.id)).map((m) => /(?<!\d)\d{6}(?!\d)/.exec(m.text)?.[0]).find(Boolean);
    if (code) return code;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no code arrived at ${path}`);
};
const known = async (path) => new Set((await json(path)).messages.map((message) => message.id));
const submit = (selector) => page.locator(selector).first().click();
const see = (text) => page.getByText(text).first().waitFor();
const number = (text) => Number(text.replaceAll(/[^\d]/g, ""));
const available = async () => {
  await page.goto(`${WALLET}/home`);
  return number(await page.locator("dd.number").first().innerText());
};

async function life() {
  const phone = `/phones/${HANAKO.phone}/messages`;
  const mailbox = `/mailboxes/${HANAKO.mail}/messages`;
  const person = (await json("/control/people")).people.find((other) => other.id === HANAKO.id);
  const account = person.bank_accounts.find((other) => other.bank === "0001");

  await step("welcome", async () => {
    await page.goto(`${WALLET}/`);
  });
  const before = { phone: await known(phone), mail: await known(mailbox) };
  await step("sign up", async () => {
    await page.goto(`${WALLET}/sign-up`);
    await page.keyboard.press("Tab");
    const first = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    if (first === "none") throw new Error("the focus cannot be seen");
    await page.fill("#phone", HANAKO.phone);
    await page.fill("#email", HANAKO.mail);
    await submit("main form .button");
    await page.waitForURL("**/sign-up/sup_*");
  });
  await step("a wrong code is refused", async () => {
    await page.fill("#phone_code", "000000");
    await page.fill("#email_code", "000000");
    await submit("main form .button");
    await page.locator("[role=alert]").waitFor();
  });
  await step("codes from phone and mailbox", async () => {
    await page.fill("#phone_code", await newest(phone, before.phone));
    await page.fill("#email_code", await newest(mailbox, before.mail));
    await submit("main form .button");
    await page.locator("form[data-passkey=create]").waitFor();
  });
  await step("a passkey by the browser's own dialog", async () => {
    await submit("form[data-passkey] .button");
    await page.waitForURL("**/home");
  });
  await step("identity is asked for", async () => {
    await page.goto(`${WALLET}/me/identity`);
  });
  await step("the verifier reads the card", async () => {
    await submit("main form .button");
    await page.locator("form[data-step=card]").waitFor();
    await page.selectOption("select[name=person]", HANAKO.id);
    await page.fill("input[name=pin]", HANAKO.pin);
  }, { ours: false });
  await step("identity is proved", async () => {
    await submit("button[value=yes]");
    await page.waitForURL(`${WALLET}/**`);
    await page.goto(`${WALLET}/home`);
    await page.locator("a[href='/bank/new']").waitFor();
  });
  await step("35 banks", async () => {
    await page.goto(`${WALLET}/bank/new`);
    const banks = await page.locator("main ul.rows li").count();
    if (banks !== 35) throw new Error(`${banks} banks`);
  });
  await step("a method of 2020 is refused with its reason", async () => {
    await page.goto(`${WALLET}/bank/new/0001`);
    await page.check("input[value=account_pin_birth_2020]");
    await submit("main form .button");
    await page.locator("[role=alert]").waitFor();
  });
  const beforeBank = await known(phone);
  await step("off to the bank", async () => {
    await page.goto(`${WALLET}/bank/new/0001`);
    await page.check("input[value=online_banking_otp]");
    await submit("main form .button");
    await page.locator("form[data-step=login]").waitFor();
    await page.fill("input[name=login]", account.login);
    await page.fill("input[name=password]", account.password);
  }, { ours: false });
  await step("the bank's one-time password", async () => {
    await submit("form[data-step=login] button");
    await page.locator("form[data-step=otp]").waitFor();
    await page.fill("input[name=otp]", await newest(phone, beforeBank));
  }, { ours: false });
  await step("the bank's consent page", async () => {
    await submit("form[data-step=otp] button");
    await page.locator("form[data-step=consent]").waitFor();
  }, { ours: false });
  await step("the link has begun", async () => {
    await submit("button[value=yes]");
    await page.waitForURL("**/links/lnk_*");
    await page.locator("[role=status]").waitFor();
  });
  await step("the bank told the depositor", async () => {
    const { messages } = await json(phone);
    if (!messages.some((message) => message.from.includes("みずほ") && message.text.includes("登録"))) {
      throw new Error("no notice by the bank");
    }
  });
  await step("top up", async () => {
    await page.goto(`${WALLET}/bank/top-up`);
    await page.fill("#amount", "10000");
    await submit("main form .button");
    await page.waitForURL("**/payments/pay_*");
    await page.locator(".badge.good").waitFor();
  });
  await step("the balance shows the young value", async () => {
    await page.goto(`${WALLET}/home`);
    await see("¥10,000");
  });
  await step("the balance changes by itself when value matures", async () => {
    await page.waitForFunction(
      () => document.querySelector("dd.number")?.textContent.includes("10,000"), null, { timeout: 40_000 },
    );
  });
  await step("send to a handle, the masked name first", async () => {
    await page.goto(`${WALLET}/send`);
    await page.fill("#to", "@taro");
    await page.fill("#amount", "500");
    await submit("main form .button");
    await see("ス● タ●");
  });
  await step("sent", async () => {
    await submit("main form .button");
    await page.waitForURL("**/payments/pay_*");
    await page.locator(".badge.good").waitFor();
  });
  let payload;
  await step("the shop shows a QR code", async () => {
    await page.goto(`${SANDBOX}/shop`);
    await page.fill("form[data-step=order] input[name=amount]", "1200");
    await submit("form[data-step=order] button");
    payload = (await page.locator("[data-payload]").innerText()).trim();
  }, { ours: false });
  await step("pay the shop", async () => {
    await page.goto(`${WALLET}/pay`);
    await page.fill("#payload", payload);
    await page.locator("form", { has: page.locator("#payload") }).locator("button.button").last().click();
    await see("¥1,200");
    await submit("main form .button");
    await page.waitForURL("**/payments/pay_*");
    await page.locator(".badge.good").waitFor();
  });
  let digits;
  await step("show my code", async () => {
    await page.goto(`${WALLET}/pay`);
    await submit("form[action='/pay/code'] button");
    digits = (await page.locator("p.code").innerText()).replaceAll(/\s/g, "");
  });
  await step("the shop charges the code and hears of it", async () => {
    await page.goto(`${SANDBOX}/shop`);
    await page.fill("form[data-step=charge] input[name=code]", digits);
    await page.fill("form[data-step=charge] input[name=amount]", "300");
    await submit("form[data-step=charge] button");
    await page.waitForTimeout(1_500);
    await page.goto(`${SANDBOX}/shop`);
    await see("¥300");
  }, { ours: false });
  await step("money is what it must be", async () => {
    const left = await available();
    if (left !== 10_000 - 500 - 1_200 - 300) throw new Error(`¥${left} are left`);
  });
  await step("payout needs a fresh signature", async () => {
    await page.goto(`${WALLET}/bank/payout`);
    if (await page.locator("form[data-passkey=get]").count()) {
      await submit("form[data-passkey] .button");
      await page.waitForURL("**/bank/payout**");
    }
    await page.fill("#amount", "1000");
    await submit("main form .button");
    if (page.url().includes("step-up") || (await page.locator("form[data-passkey=get]").count())) {
      await submit("form[data-passkey] .button");
      await page.waitForURL("**/bank/payout**");
      await page.fill("#amount", "1000");
      await submit("main form .button");
    }
    await page.waitForURL("**/payments/pay_*");
    await page.locator(".badge.good").waitFor();
  });
  await step("history", async () => {
    await page.goto(`${WALLET}/payments`);
    await see("¥1,200");
  });
  await step("unlink", async () => {
    await page.goto(`${WALLET}/bank`);
    await submit("main a.row");
    await submit("button.danger");
    await page.goto(`${WALLET}/bank`);
  });
  await step("me", async () => {
    await page.goto(`${WALLET}/me`);
  });
  await step("sign out and in again by passkey", async () => {
    await submit("form[action='/me/sign-out'] button");
    await page.goto(`${WALLET}/sign-in`);
    await submit("form[data-passkey=get] .button");
    await page.waitForURL("**/home");
  });
  for (const path of ["home", "bank", "bank/new/0001", "send", "pay", "offers", "payments", "me", "me/identity", "docs"]) {
    await step(`English ${path.replaceAll("/", " ")}`, async () => {
      await page.goto(`${WALLET}/${path}?lang=en`);
    }, { language: "en" });
  }
}

try {
  await life();
} catch {
  // The step has told; those behind it depend on it.
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
