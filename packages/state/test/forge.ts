import { randomBytes } from "node:crypto";
import { sha256 } from "@facsimile/core";
import * as openpgp from "openpgp";
import type { StateDocument } from "../src/format/document.ts";
import { pointerOf, sealLeaf } from "../src/format/leaf.ts";
import { wrapDataKey } from "../src/format/wrap.ts";
import type { GeneratedKey, Trust } from "../src/index.ts";
import { now } from "./world.ts";

type Signature = openpgp.SignaturePacket;
interface Packet {
  read(bytes: Uint8Array): Promise<void>;
  write(): Uint8Array;
}

/** A whole file, as somebody makes it who has only what lies in the repository: all is right but the signature. */
export async function fabricated(
  { document, bytes, trust }: { document: StateDocument; bytes: Uint8Array; trust: Trust },
  { signer }: { readonly signer: string },
): Promise<StateDocument> {
  const [dataKey, { id, scope, keys, seal }] = [randomBytes(32), document];
  const bound = { id, scope, recipients: keys.recipients };
  const message = await wrapDataKey(dataKey, { bound, trust, date: now(), random: randomBytes });
  const content = { value: "chosen by a stranger", created: now().toISOString(), policy: "given" };
  const passwd = new Map(
    [...document.values.passwd.keys()].map((name) => {
      const place = { id, dataKey, pointer: pointerOf(["values", "passwd", name]) };
      return [name, sealLeaf(content, place, randomBytes)];
    }),
  );
  const next = { serial: seal.serial + 1, parents: [sha256(bytes)], signer, signature: [] };
  const values = { passwd, secrets: new Map(), overlay: new Map() };
  return { ...document, values, keys: { ...keys, message }, seal: next };
}

/** A detached signature that one key makes, and that names another as its issuer. */
export async function signatureNaming(other: GeneratedKey, by: GeneratedKey, bytes: Uint8Array): Promise<string> {
  const secret = await secretOf(by);
  const [literal] = (await openpgp.createMessage({ binary: bytes })).packets;
  const packet = await signed(literal, pretending(secret, await publicOf(other)), {
    signatureType: openpgp.enums.signature.binary,
  });
  return new openpgp.Signature(listOf(packet)).armor();
}

/**
 * The public key of one with the key of another as its signing subkey. The subkey agrees, as it must; who binds it in the
 * owner's name is the owner himself, or not.
 */
export async function withGraftedSubkey(owner: GeneratedKey, stranger: GeneratedKey, by = stranger): Promise<string> {
  const [victim, secret, binder] = [await publicOf(owner), await secretOf(stranger), await secretOf(by)];
  const subkey = new openpgp.PublicSubkeyPacket();
  const { keyPacket } = await publicOf(stranger);
  // The types leave out what reads and writes a packet.
  await (subkey as unknown as Packet).read((keyPacket as unknown as Packet).write());
  const data = { key: victim.keyPacket, bind: subkey };
  const { subkeyBinding, keyBinding } = openpgp.enums.signature;
  const agreed = await signed(data, secret, { signatureType: keyBinding });
  const binding = await signed(data, pretending(binder, victim), {
    signatureType: subkeyBinding,
    keyFlags: new Uint8Array([openpgp.enums.keyFlags.signData]),
    embeddedSignature: agreed,
  });
  const packets = victim.toPacketList() as openpgp.PacketList<openpgp.AnyPacket>;
  packets.push(subkey, binding);
  return openpgp.armor(openpgp.enums.armor.publicKey, packets.write());
}

async function signed(data: unknown, key: openpgp.SecretKeyPacket, more: Partial<Signature>): Promise<Signature> {
  const fields = { hashAlgorithm: openpgp.enums.hash.sha512, publicKeyAlgorithm: key.algorithm, ...more };
  const packet = Object.assign(new openpgp.SignaturePacket(), fields);
  // The types leave out the configuration, without which it does not sign.
  const { sign } = packet as unknown as { sign(...args: unknown[]): Promise<void> };
  await sign.call(packet, key, data, now(), true, openpgp.config);
  return packet;
}

/** Signs well, and says that it is another key. */
function pretending(key: openpgp.SecretKeyPacket, other: openpgp.PublicKey): openpgp.SecretKeyPacket {
  const claims: Record<string | symbol, unknown> = {
    getKeyID: () => other.getKeyID(),
    getFingerprintBytes: () => Buffer.from(other.getFingerprint(), "hex"),
  };
  return new Proxy(key, { get: (target, name) => claims[name] ?? Reflect.get(target, name, target) });
}

function listOf(packet: Signature): openpgp.PacketList<Signature> {
  const packets = new openpgp.PacketList<Signature>();
  packets.push(packet);
  return packets;
}

async function secretOf({ privateKey }: GeneratedKey): Promise<openpgp.SecretKeyPacket> {
  return (await openpgp.readPrivateKey({ armoredKey: privateKey })).keyPacket as openpgp.SecretKeyPacket;
}

function publicOf({ publicKey }: GeneratedKey): Promise<openpgp.PublicKey> {
  return openpgp.readKey({ armoredKey: publicKey });
}
