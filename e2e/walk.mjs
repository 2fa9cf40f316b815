// Two newcomers' lives in a browser: Hanako's whole one in Japanese, and the essentials of Emma's in English.
import { open, Phone, Tally } from "./browser.mjs";
import { arriveInWallet, linkBank, proveIdentity, refuseWeakMethod } from "./begin.mjs";
import { leave, lookAround, payInShop, payOut, send, showCode, signAfresh, topUp } from "./money.mjs";
import { World } from "./world.mjs";

const { WALLET, SANDBOX, SHOTS, CHROMIUM } = process.env;
const tally = new Tally(SHOTS);
const world = new World(SANDBOX);

async function hanako(phone) {
  const person = await world.person("hanako");
  await arriveInWallet(phone, world, person);
  await proveIdentity(phone, person);
  await refuseWeakMethod(phone);
  await linkBank(phone, world, person);
  const before = await world.books("0001");
  await topUp(phone, 10_000);
  await send(phone, { to: "@taro", masked: "ス● タ●", amount: 500 });
  await payInShop(phone, world, 1_200);
  await showCode(phone, world, 300);
  await signAfresh(phone);
  await payOut(phone, world, { amount: 1_000, left: 10_000 - 500 - 1_200 - 300 - 1_000, owed: before + 10_000 - 1_000 });
  await lookAround(phone);
  await leave(phone, world, person);
}

async function emma(phone) {
  const person = await world.newcomer({
    name: "スミス エマ", kana: "スミス エマ", birth_date: "1990-02-28", phone: "07011112222", mail: "emma@example.jp",
  });
  await arriveInWallet(phone, world, person);
  await proveIdentity(phone, person);
  await refuseWeakMethod(phone);
  await linkBank(phone, world, person);
  await topUp(phone, 5_000);
  await payInShop(phone, world, 800);
  await signAfresh(phone);
  await lookAround(phone);
  await leave(phone, world, person);
}

const browser = await open(CHROMIUM);
for (const [language, live] of [["ja", hanako], ["en", emma]]) {
  const phone = await Phone.of(browser, { language, wallet: WALLET, tally });
  const before = tally.failed;
  try {
    await live(phone);
  } catch (error) {
    // A step has told of itself; those behind it depend on it. Anything else is told here.
    if (tally.failed === before) tally.tell(language, "the walk itself", error, phone.page);
  }
  await phone.context.close();
}
await browser.close();
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed ? 1 : 0);
