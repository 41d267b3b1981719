import { createHash } from "node:crypto";

/** The same 64 characters for the same id, which tell nothing of who it is. */
export function hashUserId(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/** A number for calling abroad, or one that is divided as in North America. */
const phoneNumber = /^(?:\+\d[\d\s().-]{5,22}\d|\(?\d{3}\)?[\s-]\d{3}[\s-]\d{4})$/;

/** True for an email address or a phone number. Digits alone are as often the key of a table, so they are none. */
export function looksPersonal(id: string): boolean {
  return /[^\s@]@[^\s@]+\.[^\s@]/.test(id) || phoneNumber.test(id);
}
