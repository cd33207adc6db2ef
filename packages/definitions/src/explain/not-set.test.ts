import { parsePath } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import type { InstanceValues } from "../types.ts";
import { notSet } from "./not-set.ts";

const hint = (path: string, ...values: object[]) =>
  notSet(parsePath(path), { where: "staging", values: values as InstanceValues[] }).hint;

describe("notSet", () => {
  it("says which path is not set, and where", () => {
    expect(notSet(["hosts", "db1.eu"], { where: "staging, shop", values: [] })).toMatchObject({
      code: "NOT_SET",
      message: 'hosts."db1.eu" is not set in staging, shop',
      hint: undefined,
    });
  });

  it("guesses the path that was meant, a map's or a value's", () => {
    const values = { deploy: { nodes: { web: ["a"] } }, currency: "EUR", hosts: { "db1.eu": { port: 1 } } };
    expect(hint("curency", values)).toBe("Did you mean currency?");
    expect(hint("deploy.node", values)).toBe("Did you mean deploy.nodes?");
    expect(hint('hosts."db1.eu".prot', values)).toBe('Did you mean hosts."db1.eu".port?');
    expect(hint("curency", {}, values)).toBe("Did you mean currency?");
    expect(hint("deply.user", values)).toBe("Did you mean deploy?");
    expect(hint("deploy.nods.backend.user", values)).toBe("Did you mean deploy.nodes?");
  });

  it("names what is there in the innermost map on the way", () => {
    const values = { mail: { from: "x", server: { name: "y" } }, "a.b": 1, list: [1] };
    expect(hint("mail.subject", values)).toBe("mail has: from, server.");
    expect(hint("mail.server.port.number", values)).toBe("mail.server has: name.");
    expect(hint("list.7", values)).toBe("Did you mean list?");
    expect(hint("somethingelse", values)).toBe('There are: mail, "a.b", list.');
  });

  it("names no more keys than a person reads, and nothing of a reference to a secret", () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, 1]));
    expect(hint("nothing.of.that", many)).toMatch(/^There are: key0, .*, key11 and 8 more\.$/);
    expect(hint("password.x.y.z", { password: { $secret: "db/root" } })).toBe("There are: password.");
  });
});
