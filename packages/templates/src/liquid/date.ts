import { Fault } from "../problems.ts";

/**
 * strftime(3) in UTC, with English names. `value`: seconds since 1970, `2026-11-22`, or a time that ends in its zone.
 *
 * @throws a fault for anything that depends on the clock or on the machine's time zone.
 */
export function utcDate(value: unknown, format = "%Y-%m-%dT%H:%M:%SZ"): string {
  const date = parseDate(value);
  return format.replace(/%(-?)(.)/gs, (_, flag: string, letter: string) => {
    const part = PARTS[letter]?.(date);
    if (part === undefined) throw new Fault("TEMPLATE_VALUE", `date: %${letter} is not known`, `Known: ${Object.keys(PARTS).join(" ")}`); // biome-ignore format: one line
    return flag === "-" ? part.replace(/^[0 ]+(?=.)/, "") : part;
  });
}

function parseDate(value: unknown): Date {
  const text = String(value).slice(0, 64);
  const seconds = typeof value === "number" || /^-?\d+$/.test(text);
  const zoned = /^\d{4}-\d\d-\d\d$/.test(text) || /\d.*(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$/.test(text);
  const date = new Date(seconds ? Number(value) * 1000 : zoned ? text : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  const hint =
    "Write seconds since 1970, 2026-11-22, or a time with its zone: 2026-11-22T09:31:00Z. There is no clock.";
  throw new Fault("TEMPLATE_VALUE", "date: the value is no date", hint);
}

const two = (n: number) => String(n).padStart(2, "0");
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]; // biome-ignore format: a list
const dayName = (d: Date) => DAYS[d.getUTCDay()] ?? "";
const monthName = (d: Date) => MONTHS[d.getUTCMonth()] ?? "";
const dayOfYear = (d: Date) => (Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate()) - Date.UTC(d.getUTCFullYear(), 0, 1)) / 864e5 + 1; // biome-ignore format: one line

const PARTS: Readonly<Record<string, ((d: Date) => string) | undefined>> = {
  Y: (d) => String(d.getUTCFullYear()),
  y: (d) => two(d.getUTCFullYear() % 100),
  m: (d) => two(d.getUTCMonth() + 1),
  d: (d) => two(d.getUTCDate()),
  e: (d) => String(d.getUTCDate()).padStart(2),
  j: (d) => String(dayOfYear(d)).padStart(3, "0"),
  H: (d) => two(d.getUTCHours()),
  M: (d) => two(d.getUTCMinutes()),
  S: (d) => two(d.getUTCSeconds()),
  a: (d) => dayName(d).slice(0, 3),
  A: dayName,
  b: (d) => monthName(d).slice(0, 3),
  B: monthName,
  F: (d) => d.toISOString().slice(0, 10),
  T: (d) => d.toISOString().slice(11, 19),
  s: (d) => String(Math.floor(d.getTime() / 1000)),
  z: () => "+0000",
  Z: () => "UTC",
  "%": () => "%",
};
