// How a life in the wallet begins: sign-up, passkey, identity, the first bank.
import { codeFrom } from "./world.mjs";

const MIZUHO = "0001";

// What Tab reaches on the sign-up page, in this order.
const TAB_ORDER = ["a.skip", "a.brand", "a.language", "#phone", "#email", "main form .button"];

async function tabThrough(page) {
  for (const selector of TAB_ORDER) {
    await page.keyboard.press("Tab");
    const wrong = await page.evaluate((wanted) => {
      const { activeElement: here } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(here);
      const box = here.getBoundingClientRect();
      if (!here.matches(wanted)) return `Tab leads to ${here.outerHTML.slice(0, 60)}, not to ${wanted}`;
      if (outlineStyle === "none" || outlineWidth === "0px") return `the focus on ${wanted} cannot be seen`;
      return box.top < 0 || box.bottom > innerHeight ? `${wanted} has the focus out of sight` : null;
    }, selector);
    if (wrong) throw new Error(wrong);
  }
}

export async function arriveInWallet(phone, world, person) {
  const { page } = phone;
  await phone.step("welcome", () => phone.go("/"));
  await phone.step("sign-up form, by Tab alone", async () => {
    await phone.press("a[href='/sign-up']");
    await phone.arrive("/sign-up");
    await tabThrough(page);
  });
  const sms = await world.after(`/phones/${person.phone}`);
  const mail = await world.after(`/mailboxes/${person.mail}`);
  await phone.step("sign up", async () => {
    await page.fill("#phone", person.phone);
    await page.fill("#email", person.mail);
    await page.keyboard.press("Enter");
    await phone.arrive("/sign-up/sup_*");
  });
  const codes = { phone: await codeFrom(sms), mail: await codeFrom(mail) };
  await phone.step("a wrong code is refused", async () => {
    const wrong = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    await page.fill("#phone_code", wrong(codes.phone));
    await page.fill("#email_code", wrong(codes.mail));
    await phone.press("main form .button");
    await page.locator("[role=alert]").waitFor();
  }, { expects: [422] });
  await phone.step("the right codes", async () => {
    await page.fill("#phone_code", codes.phone);
    await page.fill("#email_code", codes.mail);
    await phone.press("main form .button");
    await page.locator("form[data-passkey=create]").waitFor();
  });
  await phone.step("a passkey opens the wallet", async () => {
    await phone.press("form[data-passkey] .button");
    await phone.arrive("/home");
  });
}

export async function proveIdentity(phone, person) {
  const { page } = phone;
  await phone.step("identity asked for", async () => {
    await phone.press("main a[href='/me/identity']");
    await phone.arrive("/me/identity");
  });
  await phone.step("verifier", async () => {
    await phone.press("main form .button");
    await page.locator("form[data-step=card]").waitFor();
    await page.selectOption("select[name=person]", person.id);
    await page.fill("input[name=pin]", person.card_pin);
  });
  await phone.step("identity proved", async () => {
    await phone.press("button[value=yes]");
    await phone.arrive("/me");
    await page.getByText(person.name).waitFor();
  });
}

export async function refuseWeakMethod(phone) {
  const { page } = phone;
  await phone.step("35 banks", async () => {
    await phone.go("/bank/new");
    const banks = await page.locator("main ul.rows li").count();
    if (banks !== 35) throw new Error(`${banks} banks`);
  });
  await phone.step("a method as in 2020 is refused, and why", async () => {
    await phone.press(`a[href='/bank/new/${MIZUHO}']`);
    await phone.arrive(`/bank/new/${MIZUHO}`);
    await page.check("input[value=account_pin_birth_2020]");
    await phone.look("methods of a bank");
    await phone.press("main form .button");
    await page.locator("[role=alert]").waitFor();
    const reason = page.locator("label", { has: page.locator("input[value=account_pin_birth_2020]") });
    if (!(await reason.innerText()).includes("2020")) throw new Error("the reason is not said");
  }, { expects: [422] });
}

export async function linkBank(phone, world, person) {
  const { page } = phone;
  const account = person.bank_accounts.find((other) => other.bank === MIZUHO);
  const sms = await world.after(`/phones/${account.registered_phone}`);
  await phone.step("bank, log in", async () => {
    await page.check("input[value=online_banking_otp]");
    await phone.press("main form .button");
    await page.locator("form[data-step=login]").waitFor();
    await page.fill("input[name=login]", account.login);
    await page.fill("input[name=password]", account.password);
  });
  await phone.step("bank, one-time password", async () => {
    await phone.press("form[data-step=login] button");
    await page.locator("form[data-step=otp]").waitFor();
    await page.fill("input[name=otp]", await codeFrom(sms));
  });
  await phone.step("bank, consent to the limits", async () => {
    await phone.press("form[data-step=otp] button");
    await page.locator("form[data-step=consent]").waitFor();
    for (const limit of ["¥100,000", "¥300,000"]) await page.getByText(limit).waitFor();
  });
  await phone.step("linked, and the bank has told the depositor", async () => {
    await phone.press("button[value=yes]");
    await phone.arrive("/links/lnk_*");
    await page.locator("[role=status]").waitFor();
    await page.locator(".badge.good").waitFor();
    await sms((message) => message.from.includes("みずほ") && !/\d{6}/.test(message.text));
  });
}
