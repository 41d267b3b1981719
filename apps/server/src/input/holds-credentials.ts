/** True for text with the form of a URL that has a user name or a password in it: no error message may quote it. */
export function holdsCredentials(text: string): boolean {
  return /^\s*[a-z][a-z\d+.-]*:\/*[^/?#]*@/i.test(text);
}
