import { createHash } from "node:crypto";

/** The same 64 characters for the same id, which tell nothing of who it is. */
export function hashUserId(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/** True for what may be an email address or a phone number. */
export function looksPersonal(id: string): boolean {
  if (/[^\s@]@[^\s@]+\.[^\s@]/.test(id)) return true;
  if (!/^\+?[\d\s().-]+$/.test(id)) return false;
  const digits = id.replaceAll(/\D/g, "").length;
  // Digits alone are a plain number until there are as many as in a phone number with its area code.
  const digitsMin = digits === id.length ? 10 : 7;
  return digits >= digitsMin && digits <= 15;
}
