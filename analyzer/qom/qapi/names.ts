import type { Dialect } from './dialect.js';

/** C identifiers for the schema's names, by the rules of the tree's generator. */
export class Names {
  private readonly identifiers = new Map<string, string>();
  private readonly upper = new Map<string, string>();

  constructor(private readonly dialect: Dialect) {}

  /** A schema name as a C identifier: what C cannot have becomes "_", and words that C has taken get "q_" in front. */
  c(name: string, protect = true): string {
    let identifier = this.identifiers.get(name);
    if (identifier === undefined) {
      identifier = name.replace(/[^A-Za-z0-9_]/g, '_');
      this.identifiers.set(name, identifier);
    }
    return protect && (this.dialect.protectedWords.has(identifier) || isDigit(identifier)) ? `q_${identifier}` : identifier;
  }

  /** The constant for a member of an enumeration. */
  constant(type: string, member: string, prefix: string | undefined): string {
    const base = prefix ?? type;
    switch (this.dialect.enumMemberWords) {
      case 'joined': return this.words(`${base}_${member}`);
      case 'split': return `${this.words(base)}_${this.words(member)}`;
      case 'verbatim': {
        const first = prefix !== undefined && !this.dialect.splitPrefix ? prefix : this.words(base);
        return `${first}_${this.c(member, false).toUpperCase()}`;
      }
    }
  }

  /** The constant that counts the members of an enumeration. */
  count(type: string, prefix: string | undefined): string {
    return this.constant(type, this.dialect.countName, prefix);
  }

  /** CamelCase in upper case with "_" between words. */
  words(name: string): string {
    let words = this.upper.get(name);
    if (words === undefined) {
      words = this.dialect.wordsAfterDigits ? this.splitAtCapitals(name) : this.splitAtCaseChanges(name);
      this.upper.set(name, words);
    }
    return words;
  }

  /** A capital begins a word if a small letter follows it or a digit precedes it. */
  private splitAtCapitals(name: string): string {
    const identifier = this.c(name, false);
    if (identifier === identifier.toUpperCase()) return identifier;
    return identifier.replace(/(?<=[^_])[A-Z](?=[a-z])|(?<=[0-9])[A-Z]/g, '_$&').replace(/^_+/, '').toUpperCase();
  }

  /** A word begins before a capital after something else, and before the last of several capitals with something else behind it. */
  private splitAtCaseChanges(name: string): string {
    let result = name.slice(0, 1);
    let capital = isCapital(result);
    for (const letter of name.slice(1)) {
      const now = isCapital(letter);
      if (capital && !now) {
        if (result.length > 2 && isAlphanumeric(result.at(-2)!)) result = `${result.slice(0, -1)}_${result.at(-1)!}`;
      } else if (!capital && now) {
        if (isAlphanumeric(result.at(-1)!)) result += '_';
      }
      result += letter;
      capital = now;
    }
    return this.c(result.toUpperCase()).replace(/^_+/, '');
  }
}

function isDigit(text: string): boolean {
  return text >= '0' && text < ':';
}

function isCapital(letter: string): boolean {
  return letter >= 'A' && letter <= 'Z';
}

function isAlphanumeric(letter: string): boolean {
  return /[A-Za-z0-9]/.test(letter);
}
