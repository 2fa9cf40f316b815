// What a life in the wallet is made of: money in, to people, to shops, out; and how it ends.

const yen = (amount) => `¥${amount.toLocaleString("en-US")}`;

/** The payment's own page, and that it is done. */
async function completed(phone, amount) {
  await phone.arrive("/payments/pay_*");
  await phone.page.locator(".badge.good").waitFor();
  const shown = await phone.page.locator("p.amount").innerText();
  if (!shown.endsWith(yen(amount))) throw new Error(`${shown} was paid, not ${yen(amount)}`);
}

/** Waits until a page that nobody touches shows it; a page that was loaded again does not count. */
async function showsByItself(page, selector, text) {
  const shown = ([place, wanted]) => window.untouched && document.querySelector(place)?.textContent.includes(wanted);
  await page.waitForFunction(shown, [selector, text]);
}

export async function topUp(phone, amount) {
  // A second tab stays on the home page all the while.
  const home = await phone.context.newPage();
  await home.goto(`${phone.wallet}/home`);
  await home.evaluate(() => {
    window.untouched = true;
    window.provisional = [];
    const note = () => window.provisional.push(document.querySelectorAll("dl.facts dd.number").length > 1);
    new MutationObserver(note).observe(document.querySelector("[data-live]"), { childList: true, subtree: true });
  });
  await phone.step("top-up form", () => phone.go("/bank/top-up"));
  await phone.step("top up", async () => {
    await phone.page.fill("#amount", String(amount));
    await phone.press("main form .button");
    await completed(phone, amount);
  });
  await phone.step("the balance changes by itself", () => showsByItself(home, "p.amount", yen(amount)), { page: home });
  await phone.step("value matures by itself", async () => {
    await showsByItself(home, "dl.facts dd.number", yen(amount));
    if (!(await home.evaluate(() => window.provisional.includes(true)))) throw new Error("it was never provisional");
  }, { page: home });
  await home.close();
}

export async function send(phone, { to, masked, amount }) {
  const { page } = phone;
  await phone.step("send form", () => phone.go("/send"));
  await phone.step("a masked name before money moves", async () => {
    await page.fill("#to", to);
    await page.fill("#amount", String(amount));
    await page.fill("#message", "ありがとう");
    await phone.press("main form .button");
    await page.getByText(masked).waitFor();
  });
  await phone.step("sent", async () => {
    await phone.press("main form .button");
    await completed(phone, amount);
  });
}

async function till(phone, world) {
  const tab = await phone.context.newPage();
  await tab.goto(`${world.url}/shop`);
  return tab;
}

export async function payInShop(phone, world, amount) {
  const { page } = phone;
  const shop = await till(phone, world);
  let payload;
  await phone.step("the shop shows its code", async () => {
    await shop.fill("form[data-step=order] input[name=amount]", String(amount));
    await phone.press("form[data-step=order] button", shop);
    payload = (await shop.locator("[data-payload]").innerText()).trim();
  }, { page: shop });
  await phone.step("what the shop's code asks", async () => {
    await phone.go("/pay");
    await phone.look("pay form");
    await page.fill("#payload", payload);
    await phone.press("form[data-scan] button:not([type=button])");
    await page.locator("p.amount", { hasText: yen(amount) }).waitFor();
  });
  await phone.step("paid in the shop", async () => {
    await phone.press("main form .button");
    await completed(phone, amount);
  });
  await heard(phone, shop, world, amount);
}

/** The shop has a webhook whose signature is right. */
async function heard(phone, shop, world, amount) {
  await phone.step(`the shop has heard of ${amount} yen`, async () => {
    const line = shop.locator("ul.list > li", { hasText: yen(amount) });
    for (let tries = 0; tries < 50 && !(await line.count()); tries += 1) {
      await shop.waitForTimeout(200);
      await shop.goto(`${world.url}/shop`);
    }
    await line.locator(".badge.good").waitFor();
  }, { page: shop });
  await shop.close();
}

export async function showCode(phone, world, amount) {
  const { page } = phone;
  const shop = await till(phone, world);
  await phone.step("my code", async () => {
    await phone.go("/pay");
    await phone.press("form[action='/pay/code'] button");
    await page.locator("p.code").waitFor();
    const picture = await page.locator(".qr img").evaluate((img) => img.complete && img.naturalWidth);
    if (!picture) throw new Error("the picture of the code is not shown");
    const left = await page.locator("[data-clock]").innerText();
    if (!/^[45]:\d\d$/.test(left)) throw new Error(`time left: ${left}`);
  });
  await phone.step("charged at the till: the phone shows it by itself", async () => {
    const digits = (await page.locator("p.code").innerText()).replaceAll(/\s/g, "");
    await shop.fill("form[data-step=charge] input[name=code]", digits);
    await shop.fill("form[data-step=charge] input[name=amount]", String(amount));
    await phone.press("form[data-step=charge] button", shop);
    await completed(phone, amount);
  });
  await heard(phone, shop, world, amount);
}

/** What takes money out asks for a passkey first, and one may also turn back. */
export async function signAfresh(phone) {
  await phone.step("not signed: back to home", async () => {
    await phone.go("/bank/payout");
    await phone.arrive("/step-up");
    await phone.press("main a.button");
    await phone.arrive("/home");
  });
  await phone.step("a payout asks for a fresh signature first", async () => {
    await phone.go("/bank/payout");
    await phone.arrive("/step-up");
  });
  await phone.step("signed by passkey", async () => {
    await phone.press("form[data-passkey=get] .button");
    await phone.arrive("/bank/payout");
  });
}

export async function payOut(phone, world, { amount, left, owed }) {
  const { page } = phone;
  await phone.step("paid out", async () => {
    await page.fill("#amount", String(amount));
    await phone.press("main form .button");
    await completed(phone, amount);
  });
  await phone.step("the balance is what it must be, here and at the bank", async () => {
    await phone.go("/home");
    const shown = await page.locator("p.amount").first().innerText();
    if (shown !== yen(left)) throw new Error(`${shown}, not ${yen(left)}`);
    const books = await world.books("0001");
    if (books !== owed) throw new Error(`the bank owes ${books}, not ${owed}`);
  });
}

export async function lookAround(phone) {
  for (const path of ["/home", "/bank", "/bank/payout", "/send", "/pay", "/offers", "/payments", "/me", "/me/identity", "/me/close", "/docs", "/docs/problems"]) {
    await phone.step(`page ${path}`, async () => {
      await phone.go(path);
      await phone.arrive(path);
    });
  }
  await phone.step("the newest payment, from the history", async () => {
    await phone.go("/payments");
    await phone.press("main ul.rows a.row");
    await phone.arrive("/payments/pay_*");
  });
}

export async function leave(phone, world, person) {
  const { page } = phone;
  const sms = await world.after(`/phones/${person.phone}`);
  await phone.step("unlinked, here and at the bank", async () => {
    await phone.go("/bank");
    await phone.press("main ul.rows a.row");
    await phone.arrive("/links/lnk_*");
    await phone.press("form[action$='/end'] button");
    await phone.arrive("/bank");
    await page.locator(".badge.bad").waitFor();
    if (await page.locator("a[href='/bank/top-up']").count()) throw new Error("a top-up is offered without a link");
    await sms((message) => message.from.includes("みずほ"));
  });
  await phone.step("a phone has one passkey: the second is known", async () => {
    await phone.go("/me/passkeys/new");
    await page.fill("#name", "USB");
    await phone.press("form[data-passkey=create] .button");
    const said = page.locator("form [role=status].bad");
    await said.waitFor();
    const known = await page.locator("form[data-passkey]").getAttribute("data-known");
    if ((await said.innerText()) !== known) throw new Error(`it says: ${await said.innerText()}`);
  });
  await phone.step("this device is on the list", async () => {
    await phone.go("/me");
    await page.locator("li.row .badge.good").waitFor();
  });
  await phone.step("signed out", async () => {
    await phone.press("form[action='/me/sign-out'] button");
    await phone.arrive("/");
  });
  await phone.step("signed out, home is shut", () => phone.go("/home"), { expects: [401] });
  await phone.step("signed in by passkey", async () => {
    await phone.press("main a[href^='/sign-in']");
    await phone.arrive("/sign-in");
    await phone.look("sign in");
    await phone.press("form[data-passkey=get] .button");
    await phone.arrive("/home");
  });
}
