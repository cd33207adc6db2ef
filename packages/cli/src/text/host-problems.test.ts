import { FacsimileError, ProblemsError } from "@facsimile/core";
import { expect, it } from "vitest";
import { hostProblems } from "./host-problems.ts";

const told = (hosts: readonly string[], message: (host: string) => string) =>
  hostProblems(hosts.map((host) => ({ host, problem: new FacsimileError("ANY", message(host)) })));

it("tells once what is the same on several hosts, and on one as it is", () => {
  expect(told(["web1", "web2"], (host) => `${host} lacks libx.so, which shop needs`)).toEqual([
    "web1, web2 lack libx.so, which shop needs",
  ]);
  expect(told(["web1"], (host) => `${host} lacks libx.so`)).toEqual(["web1 lacks libx.so"]);
  expect(told(["web1", "web2"], (host) => `${host}: /srv/shop holds files`)).toEqual([
    "web1, web2: /srv/shop holds files",
  ]);
  expect(told(["web1", "web2"], (host) => `\`run\` exited 1 on ${host}:\n    no`)).toEqual([
    "web1, web2: `run` exited 1 on each:\n    no",
  ]);
});

it("counts many hosts, keeps what differs apart, and takes no name for a part of another", () => {
  const many = Array.from({ length: 100 }, (_, index) => `web${index}`);
  expect(told(many, (host) => `${host} cannot be reached`)).toEqual(["100 hosts cannot be reached"]);
  expect(told(["web1", "web2"], (host) => `${host}: ${host === "web1" ? 3 : 4} kB are free`)).toHaveLength(2);
  expect(told(["web1", "web1.eu"], () => "web1.eu is where both look")).toEqual([
    "web1: web1.eu is where both look",
    "web1.eu is where both look",
  ]);
});

it("leaves paths as they are: they differ from host to host", () => {
  expect(told(["web1", "web2"], (host) => `/srv/${host}/shop holds files`)).toEqual([
    "web1: /srv/web1/shop holds files",
    "web2: /srv/web2/shop holds files",
  ]);
  expect(told(["web1", "web2"], (host) => `${host}: /srv/homes/${host} is full`)).toHaveLength(2);
});

it("keeps several problems of the same hosts together", () => {
  const both = (host: string) => {
    const lines = ["lacks libx.so", "lacks liby.so"].map((what) => new FacsimileError("ANY", `${host} ${what}`));
    return { host, problem: new ProblemsError(lines) };
  };
  expect(hostProblems([both("web1"), both("web2")])).toEqual(["web1, web2 lack libx.so\nweb1, web2 lack liby.so"]);
  const one = { host: "web3", problem: new FacsimileError("ANY", "web3 lacks libx.so") };
  expect(hostProblems([both("web1"), one])).toEqual(["web1, web3 lack libx.so", "web1 lacks liby.so"]);
});

it("names and counts a host once of which two projects say the same", () => {
  const twice = (host: string) => {
    const refused = new FacsimileError("ANY", `${host}: /srv is kept from deploys`);
    return { host, problem: new ProblemsError([refused, refused]) };
  };
  expect(hostProblems([twice("web1")])).toEqual(["web1: /srv is kept from deploys"]);
  const six = Array.from({ length: 6 }, (_, index) => twice(`web${index}`));
  expect(hostProblems(six)).toEqual(["web0, web1, web2, web3, web4, web5: /srv is kept from deploys"]);
});
