import { between, pick } from "./random.ts";
import type { Random } from "./random.ts";

/** What `*`, `+` and `{n,}` repeat at most beyond their minimum. */
const openRepeatMax = 4;
/** A pattern may ask for thousands of thousands of characters; it then gets no sample. */
const sampleMaxCharacters = 4096;
const digits = "0123456789";
const letters = "abcdefghijklmnopqrstuvwxyz";
const wordCharacters = `${letters}${letters.toUpperCase()}${digits}_`;
const anyCharacters = `${letters}${digits}`;

/**
 * Makes a text that matches a regular expression, for the constructs that JSON schemas commonly use: literals,
 * classes, `\d \w \s`, groups, alternatives, quantifiers and anchors.
 * @returns undefined where the pattern uses something else
 */
export function samplePattern(pattern: string, random: Random): string | undefined {
  try {
    const sampler = new PatternSampler(pattern, random);
    const text = sampler.alternatives();
    // The result is not tried against the pattern: a caller's expression may take forever to run.
    return sampler.atEnd ? text : undefined;
  } catch {
    // An expression that is beyond this reader, or that is none, has no sample.
    return undefined;
  }
}

class PatternSampler {
  readonly #pattern: string;
  readonly #random: Random;
  #at = 0;
  #depth = 0;
  #characters = 0;

  constructor(pattern: string, random: Random) {
    this.#pattern = pattern;
    this.#random = random;
  }

  get atEnd(): boolean {
    return this.#at === this.#pattern.length;
  }

  alternatives(): string {
    const options = [this.#sequence()];
    while (this.#pattern[this.#at] === "|") {
      this.#at += 1;
      options.push(this.#sequence());
    }
    return pick(options, this.#random) ?? "";
  }

  #sequence(): string {
    let text = "";
    while (this.#at < this.#pattern.length && !"|)".includes(this.#pattern[this.#at] ?? "")) {
      const start = this.#at;
      let sample = this.#atom();
      const end = this.#at;
      const count = this.#quantifier();
      if (count === 0) sample = "";
      // Each repetition reads the atom again, so that it may come out differently.
      for (let done = 1; done < count; done += 1) {
        const after = this.#at;
        this.#at = start;
        sample += this.#atom();
        if (this.#at !== end) throw new SyntaxError(this.#pattern);
        this.#at = after;
      }
      text += sample;
    }
    return text;
  }

  #atom(): string {
    const character = this.#pattern[this.#at] ?? "";
    if ("*+?{}]".includes(character)) throw new SyntaxError(this.#pattern);
    this.#at += 1;
    switch (character) {
      case "^":
      case "$":
        this.#checkAnchor(character);
        return "";
      case ".":
        return this.#oneOf(anyCharacters);
      case "\\":
        return this.#oneOf(this.#escaped());
      case "[":
        return this.#oneOf(this.#characterClass());
      case "(":
        return this.#group();
      default:
        return this.#oneOf(character);
    }
  }

  /** Inside the text an anchor can never match, so it is only taken at the ends of a whole alternative. */
  #checkAnchor(anchor: string): void {
    const neighbour = this.#pattern[anchor === "^" ? this.#at - 2 : this.#at];
    if (this.#depth > 0 || (neighbour !== undefined && neighbour !== "|"))
      throw new SyntaxError(this.#pattern);
  }

  #group(): string {
    if (this.#pattern.startsWith("?:", this.#at)) this.#at += 2;
    else if (this.#pattern[this.#at] === "?") throw new SyntaxError(this.#pattern);
    this.#depth += 1;
    const text = this.alternatives();
    this.#depth -= 1;
    if (this.#pattern[this.#at] !== ")") throw new SyntaxError(this.#pattern);
    this.#at += 1;
    return text;
  }

  #escaped(): string {
    const character = this.#pattern[this.#at] ?? "";
    this.#at += 1;
    if (character === "d") return digits;
    if (character === "w") return wordCharacters;
    if (character === "s") return " ";
    if (/[a-zA-Z0-9]/.test(character)) throw new SyntaxError(this.#pattern);
    return character;
  }

  #characterClass(): string {
    if (this.#pattern[this.#at] === "^") throw new SyntaxError(this.#pattern);
    let characters = "";
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== "]") {
      const first = this.#pattern[this.#at] ?? "";
      this.#at += 1;
      if (first === "\\") characters += this.#escaped();
      else if (this.#pattern[this.#at] === "-" && this.#pattern[this.#at + 1] !== "]") {
        characters += rangeOf(first, this.#pattern[this.#at + 1] ?? first);
        this.#at += 2;
      } else characters += first;
    }
    this.#at += 1;
    return characters;
  }

  #quantifier(): number {
    const rest = this.#pattern.slice(this.#at);
    const counted = /^\{(\d+)(,?)(\d*)\}/.exec(rest);
    if (counted !== null) {
      this.#at += counted[0].length;
      const min = Number(counted[1]);
      if (counted[2] === "") return min;
      return between(this.#random, { min, max: counted[3] ? Number(counted[3]) : min + openRepeatMax });
    }
    const symbol = rest[0];
    if (symbol === undefined || !"*+?".includes(symbol)) return 1;
    this.#at += 1;
    if (symbol === "?") return between(this.#random, { min: 0, max: 1 });
    return between(this.#random, { min: symbol === "+" ? 1 : 0, max: openRepeatMax });
  }

  #oneOf(characters: string): string {
    this.#characters += 1;
    if (this.#characters > sampleMaxCharacters) throw new RangeError(this.#pattern);
    return pick([...characters], this.#random) ?? "";
  }
}

function rangeOf(first: string, last: string): string {
  const from = first.codePointAt(0) ?? 0;
  const to = last.codePointAt(0) ?? 0;
  let characters = "";
  for (let code = from; code <= to && code < from + 256; code += 1) characters += String.fromCodePoint(code);
  return characters;
}
