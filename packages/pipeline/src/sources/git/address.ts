import path from "node:path";
import { type Environment, Secret } from "@facsimile/core";

/** Where a repository is, as git is told and as people may see it. */
export interface Address {
  /** Without a password: it may stand in a list of processes and in messages. */
  readonly url: string;
  /** On this machine: a path, or `file://`. */
  readonly isLocal: boolean;
  /** Of a URL `https://user:password@host/…`. */
  readonly login?: Login | undefined;
}

interface Login {
  readonly origin: string;
  readonly username: Secret;
  readonly password: Secret;
}

/** `repo` as a definition has it; a path is relative to `root`. */
export function addressOf(repo: string, root: string): Address {
  if (/^https?:\/\//i.test(repo) && URL.canParse(repo)) return webAddress(new URL(repo));
  // git-clone(1): `host:path` is of ssh, unless a slash comes before the colon.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(repo)) return { url: repo, isLocal: /^file:/i.test(repo) };
  if (/^[^/]+:/.test(repo)) return { url: repo, isLocal: false };
  return { url: path.resolve(root, repo), isLocal: true };
}

function webAddress(url: URL): Address {
  const { origin, username, password } = url;
  if (username === "" && password === "") return { url: url.href, isLocal: false };
  url.username = "";
  url.password = "";
  // A token often stands where the user's name would.
  const [user, secret] = [username, password].map(
    (text) => new Secret(decodeURIComponent(text), `login at ${url.host}`),
  );
  return { url: url.href, isLocal: false, login: { origin, username: user as Secret, password: secret as Secret } };
}

/** A repository as a definition has it, to be shown. */
export function withoutLogin(repo: string): string {
  const { login, url } = addressOf(repo, "/");
  return login === undefined ? repo : url;
}

/** What must never be shown of it. */
export function secretsOf({ login }: Address): readonly Secret[] {
  if (login === undefined) return [];
  return login.password.reveal() === "" ? [login.username] : [login.password];
}

/**
 * Hands git the login by its environment: argument lists are for everybody to read, and git writes a URL into its
 * configuration. gitcredentials(7): an empty helper forgets those before it, which would be told the password.
 */
export function environmentOf({ login }: Address): Environment {
  if (login === undefined) return {};
  const key = `credential.${login.origin}.helper`;
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: "",
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: HELPER,
    FACS_GIT_USERNAME: login.username.reveal(),
    FACS_GIT_PASSWORD: login.password.reveal(),
  };
}

const HELPER =
  '!f() { test "$1" != get || printf "username=%s\\npassword=%s\\n" "$FACS_GIT_USERNAME" "$FACS_GIT_PASSWORD"; }; f';

/**
 * Where a submodule is. gitmodules(5): `./` and `../` are relative to the repository that has it.
 *
 * @returns `undefined` for one on this machine that the definition does not vouch for: a repository from elsewhere could
 *   name any folder here, and its files would be in a release. (git refuses these for the same reason: CVE-2022-39253.)
 */
export function submoduleAddress(url: string, parent: Address): Address | undefined {
  if (!/^\.\.?\//.test(url)) {
    const address = addressOf(url, "/");
    return address.isLocal || /^[^/]*::/.test(url) ? undefined : address;
  }
  let [base, rest] = [parent.url.replace(/\/+$/, ""), url];
  for (;;) {
    if (rest.startsWith("./")) rest = rest.slice(2);
    else if (rest.startsWith("../")) [base, rest] = [base.replace(/[/:][^/:]*$/, ""), rest.slice(3)];
    else break;
  }
  const joiner = /^[^/]+@[^/:]+$/.test(base) ? ":" : "/";
  return { ...parent, url: `${base}${joiner}${rest}` };
}
