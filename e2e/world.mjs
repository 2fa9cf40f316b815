// The world outside the wallet, as the walk asks it: people, phones, mailboxes.

const TRIES = 150;
const PAUSE_MS = 100;

export class World {
  constructor(url) {
    this.url = url;
  }

  async json(path, options) {
    const response = await fetch(`${this.url}${path}`, options);
    if (!response.ok) throw new Error(`${path} of the sandbox answers ${response.status}`);
    return response.json();
  }

  async person(id) {
    const { people } = await this.json("/control/people");
    return people.find((person) => person.id === id);
  }

  newcomer(person) {
    const headers = { "content-type": "application/json" };
    return this.json("/control/people", { method: "POST", headers, body: JSON.stringify(person) });
  }

  /** What a bank owes the wallet by the bank's own books. */
  async books(bank) {
    return (await this.json(`/control/banks/${bank}/books`)).settlement_balance;
  }

  async messages(path) {
    return (await this.json(`${path}/messages`)).messages;
  }

  /** Remembers what has arrived by now; the answer waits for the first newer message that fits and gives it. */
  async after(path) {
    const known = new Set((await this.messages(path)).map((message) => message.id));
    return async (fits) => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const found = (await this.messages(path)).find((message) => !known.has(message.id) && fits(message));
        if (found) return found;
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
      throw new Error(`nothing that fits arrived at ${path}`);
    };
  }
}

const SIX = /(?<!\d)\d{6}(?!\d)/;

/** The six digits of a message that is still to come. */
export const codeFrom = async (arrival) => SIX.exec((await arrival((message) => SIX.test(message.text))).text)[0];
