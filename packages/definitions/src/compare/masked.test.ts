import { parsePath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value, ValueMap } from "../value.ts";
import { valueAt } from "../value.ts";
import { isClearSecret, isSensitive, masked } from "./masked.ts";

const named = (key: string) => isSensitive(["db", key]);

describe("isSensitive", () => {
  it.each([
    ["password", "dbPassword", "db_password", "db-password", "DB_PASSWORD", "Passwords", "password2", "dbpassword"],
    ["passwd", "rootPasswd", "passwds", "db_pass", "smtpPass", "pwd", "DB_PWD"],
    ["passphrase", "keyPassphrase", "passphrases"],
    ["secret", "clientSecret", "client-secrets", "SECRET", "app.secret"],
    ["token", "accessToken", "ci_tokens", "GITHUB_TOKEN", "oauth2Token", "token_1"],
    ["apiKey", "api_key", "api-key", "API_KEY", "APIKey", "APIkey", "apikey", "googleApiKeys"],
    ["privateKey", "ssh_private_key", "PRIVATE-KEYS", "privatekey"],
    ["secretKey", "aws_secret_access_key", "secretAccessKey", "accessKey"],
    ["credential", "credentials", "gitCredentials"],
  ])("knows a secret by its name: %s and the like", (...keys) => {
    expect(keys.filter((key) => !named(key))).toEqual([]);
  });

  it.each([
    ["passwordMinLength", "password_policy", "passwordFile", "passwd_path", "passphraseHint"],
    ["tokenizer", "tokenUrl", "tokens_per_minute", "betoken", "Tokenized"],
    ["secretary", "secretName", "secretaries", "secretly"],
    ["key", "publicKey", "apiKeyId", "keys", "monkey", "api", "private", "sortKey"],
    ["credentialed", "bypass", "compass", "passes", "pass_through", "passage"],
    ["", ".", "2", "\0", "ключ", "密码", "__", "$secretx"],
  ])("leaves others alone: %s and the like", (...keys) => {
    expect(keys.filter(named)).toEqual([]);
  });

  it("takes what lies beneath such a key for secret too", () => {
    expect(isSensitive(parsePath("secrets.mail.primary"))).toBe(true);
    expect(isSensitive(["passwords", "0"])).toBe(true);
    expect(isSensitive(parsePath("mail.primary"))).toBe(false);
  });

  it("does not judge by what hosts, projects, regions, targets and modules are called", () => {
    const paths = [
      "projects.token.repo",
      "versions.secrets",
      "hosts.secret.address",
      "regions.private-key.url",
      "deploy.nodes.tokens",
      "modules.credentials.service.queue",
      "service.token.queue",
      "config.token.level",
    ];
    expect(paths.filter((path) => isSensitive(parsePath(path)))).toEqual([]);
    expect(isSensitive(parsePath("modules.credentials.service.password"))).toBe(true);
    expect(isSensitive(parsePath("shop.hosts.token"))).toBe(true);
  });

  it("takes the user's word for a key of any name, and for what lies beneath", () => {
    const secrets = [parsePath("licence.text"), ["a.b"]];
    expect(isSensitive(parsePath("licence.text"), { secrets })).toBe(true);
    expect(isSensitive(parsePath("licence.text.de"), { secrets })).toBe(true);
    expect(isSensitive(["a.b"], { secrets })).toBe(true);
    expect(isSensitive(parsePath("licence"), { secrets })).toBe(false);
    expect(isSensitive(parsePath("licence.texts"), { secrets })).toBe(false);
    expect(isSensitive(parsePath("a.b"), { secrets })).toBe(false);
  });

  it("takes * in the user's word for any one key or item", () => {
    const secrets = [["users", "*", "pin"]];
    expect(isSensitive(["users", "0", "pin"], { secrets })).toBe(true);
    expect(isSensitive(["users", "robin", "pin", "1"], { secrets })).toBe(true);
    expect(isSensitive(["users", "*"], { secrets })).toBe(false);
    expect(isSensitive(["users", "a", "b", "pin"], { secrets })).toBe(false);
    expect(isSensitive(["users"], { secrets: [["users", "*"]] })).toBe(false);
    const users = [{ name: "a", pin: 1234 }, { name: "b" }];
    expect(masked(users, { path: ["users"], secrets })).toEqual([{ name: "a", pin: "[hidden]" }, { name: "b" }]);
  });

  it("answers at once, however long a key is", () => {
    const long = ["P".repeat(1e5), "aB".repeat(1e5), `${"secret ".repeat(1e4)}x`, "_".repeat(1e5)];
    const start = performance.now();
    expect(long.filter(named)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("isClearSecret", () => {
  const clear = (value: Value) => isClearSecret({ path: ["password"], value });

  it("is a text that is not empty, or a list or map that holds one", () => {
    expect(["x", " ", ["x"], { a: { b: ["x"] } }].filter((value) => !clear(value))).toEqual([]);
  });

  it("is a number only where it can be a password", () => {
    const at = (...path: string[]) => isClearSecret({ path, value: 4711 });
    expect([at("password"), at("db", "rootPasswd"), at("users", "password")]).toEqual([true, true, true]);
    expect([at("tokens"), at("secret"), at("password", "length"), at("passwords")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("is no flag, nothing, and no reference to a secret", () => {
    const none: Value[] = ["", true, null, [], {}, [true, ""], { $secret: "db/root" }, [{ $secret: "db/root" }]];
    expect(none.filter(clear)).toEqual([]);
  });

  it("is anything but nothing where the user declares it", () => {
    const declared = (value: Value) => isClearSecret({ path: ["pin"], value }, { secrets: [["pin"]] });
    expect([1234, false, "x", [1], { a: 1 }].filter((value) => !declared(value))).toEqual([]);
    expect([null, "", [], {}, { $secret: "pin" }].filter(declared)).toEqual([]);
  });
});

describe("masked", () => {
  const mask = (value: Value, path = "shop") => masked(value, { path: parsePath(path) });

  it("hides what stands in clear, at any depth, and shows the rest", () => {
    const value = {
      user: "shop",
      password: "hunter2",
      retries: 3,
      pool: [{ name: "a", apiKey: "k1" }, { name: "b" }],
      secrets: { mail: "x", level: 2 },
      tokens: ["t1", "t2"],
    };
    expect(mask(value)).toEqual({
      user: "shop",
      password: "[hidden]",
      retries: 3,
      pool: [{ name: "a", apiKey: "[hidden]" }, { name: "b" }],
      secrets: { mail: "[hidden]", level: 2 },
      tokens: "[hidden]",
    });
    expect(mask("hunter2", "db.password")).toBe("[hidden]");
  });

  it("keeps references to secrets: they hold none", () => {
    const value = { password: { $secret: "db/root" }, secrets: { a: { $secret: "a" } } };
    expect(mask(value)).toBe(value);
  });

  it("gives the identical value where there is nothing to hide", () => {
    const value = { a: [{ b: 1 }], c: {}, password: "", tokens: [] };
    expect(mask(value)).toBe(value);
  });

  describe("of a text that was made of others", () => {
    const files: ValueMap = {
      db: { user: "shop", password: "hunter2", url: "db://${db.user}:${db.password}@db1", port: 5 },
      again: "see ${db.url}",
      plain: "${db.user}:${db.port}",
      whole: "${db}",
      list: ["a", "${db.password}"],
      literal: "${db.password}",
      loop: "${loop2}",
      loop2: "${loop}",
      odd: "${not a path} ${env:USER} $${db.password}",
      mail: "smtp://${env:USER}:${env:SMTP_PASSWORD}@mail",
    };
    const made = (path: string, value: Value) =>
      masked(value, { path: parsePath(path), written: (at) => valueAt(files, at) });

    it("hides it where one of them is a secret, through any number of steps", () => {
      expect(made("db.url", "db://shop:hunter2@db1")).toBe("[hidden]");
      expect(made("again", "see db://shop:hunter2@db1")).toBe("[hidden]");
      expect(made("list", ["a", "hunter2"])).toEqual(["a", "[hidden]"]);
    });

    it("hides it where it was made of a variable of the environment that is called like a secret", () => {
      expect(made("mail", "smtp://robin:hunter2@mail")).toBe("[hidden]");
    });

    it("finds it beneath a reference that took over a whole map", () => {
      expect(made("whole", { user: "shop", url: "db://shop:hunter2@db1" })).toEqual({ user: "shop", url: "[hidden]" });
    });

    it("shows what is made of others only, or was never replaced", () => {
      expect(made("plain", "shop:5")).toBe("shop:5");
      expect(made("literal", "${db.password}")).toBe("${db.password}");
      expect(made("odd", "x y ${db.password}")).toBe("x y ${db.password}");
      expect(made("unknown", "x")).toBe("x");
    });

    it("ends where references go round", () => {
      expect(made("loop", "x")).toBe("x");
    });

    it("believes the user which keys are secret there too", () => {
      const secrets = [parsePath("db.user")];
      const written = (at: readonly string[]) => valueAt(files, at);
      expect(masked("shop:5", { path: ["plain"], written, secrets })).toBe("[hidden]");
    });
  });

  it("never lets a text beneath a secret key through, and changes nothing else", () => {
    const scalar = fc.oneof(fc.constant("SECRET"), fc.integer(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        scalar,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b", "$secret"), tie("value"), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (inside) => {
        const open = { open: inside, tokens: inside };
        const result = masked(open, { path: [] }) as ValueMap;
        // A map that only looks like a reference to a secret may be one mistyped.
        if (!JSON.stringify(inside).includes("$")) expect(result["open"]).toBe(inside);
        const refs = JSON.stringify(result["tokens"]).replaceAll('{"$secret":"SECRET"}', "");
        expect(refs).not.toContain("SECRET");
      }),
    );
  });
});
