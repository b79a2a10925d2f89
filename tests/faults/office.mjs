// office.mjs: somebody at the office, by the same doors as its pages: signed in, with lists to bring in.
import { readFileSync } from "node:fs";
import { request } from "node:https";

export class Office {
  constructor(demo) {
    this.demo = demo;
    this.origin = `https://localhost:${demo.port}`;
    this.ca = readFileSync(demo.path("certs/ca.pem"));
  }
  /** {status, body}; `null` when the hub went away before it had answered. */
  ask(method, path, body) {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = { Connection: "close", Origin: this.origin, ...(this.cookie && { Cookie: this.cookie }), ...(this.csrf && { "X-Tutti-CSRF": this.csrf }) };
    if (method === "POST") Object.assign(headers, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
    return new Promise((resolve) => {
      const sent = request(`${this.origin}${path}`, { method, headers, ca: this.ca }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", () => resolve(null));
        answer.on("close", () => {
          if (!answer.complete) return resolve(null);
          resolve({ status: answer.statusCode, body: JSON.parse(Buffer.concat(parts).toString() || "null"), cookie: answer.headers["set-cookie"] });
        });
      });
      sent.on("error", (why) => {
        this.why = why; // for whoever did not expect it
        resolve(null);
      });
      sent.end(text);
    });
  }
  async told(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (answer?.status !== 200) throw new Error(`${method} ${path}: ${answer ? `${answer.status} ${JSON.stringify(answer.body)}` : `the hub went away (${this.why?.code ?? ""} ${this.why?.message ?? "in its answer"})`}`);
    return answer;
  }
  async sign_in(name) {
    const { cookie } = await this.told("POST", "/api/sign-in", { name, password: this.demo.secrets()[name] });
    this.cookie = cookie[0].split(";")[0];
    this.csrf = (await this.told("GET", "/api/me")).body.csrf;
  }
  /** Sends a file in parts, as the page does; gives its id. */
  async send(text) {
    const part = 40 << 10, bytes = Buffer.from(text);
    const { id } = (await this.told("POST", "/api/import/begin", {})).body;
    for (let at = 0; at < bytes.length; at += part)
      await this.told("POST", `/api/import/part/${id}`, { bytes: bytes.subarray(at, at + part).toString("base64url"), at: at + 1 });
    return id;
  }
  /** How many rows of a list are new, changed, unchanged here, by the hub's own word. */
  async counts(id) {
    const { counts, errors } = (await this.told("POST", `/api/import/look/${id}`, { table: "learners" })).body;
    if (errors.length) throw new Error(`the list has mistakes: ${JSON.stringify(errors[0])}`);
    return counts;
  }
  apply(id, name) {
    return this.ask("POST", `/api/import/apply/${id}`, { table: "learners", name });
  }
}
