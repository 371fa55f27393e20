// Tells of every step down to a lesser source and of every disagreement of sources, sampled and without a value.

import { agreements } from "./agreements.js";
import { inputOf } from "./fact.js";
import { resolve } from "./resolver.js";
import { same } from "./same.js";

// What a thrown error says may hold what the page wrote; its class does not.
const THROWN = /^((?:needs )?throws )(?:((?:Type|Range|Reference|Syntax|URI|Eval)?Error)\b)?[^]*$/;
const withoutWords = (why) => why.replace(THROWN, (_, throws, kind) => throws + (kind ?? "something"));

/**
 * Make what asks facts and tells of what it finds.
 *
 * @param {{tell: (event: object) => void, sample?: number, random?: () => number}} options  `sample` is the share of all
 *        questions that are told of, from 0 to 1. What `tell` throws is nobody's concern.
 */
export function createReporter({ tell, sample = 1, random = Math.random }) {
  const told = (event) => {
    try {
      tell(event);
    } catch {
      // A fact is answered whether or not somebody listens.
    }
  };
  return {
    ask(fact, stores, params) {
      const { definition } = fact;
      const input = inputOf(definition, stores, params);
      const answer = resolve(definition, input);
      if (random() >= sample) return answer;
      const { source, level } = answer;
      if (answer.tried.length > 0) {
        const passed = answer.tried.map((one) => ({ source: one.source, why: withoutWords(one.why) }));
        told({ event: "step-down", fact: definition.name, source, level, passed });
      }
      const alone = (name) => {
        const sources = definition.sources.filter((one) => one.name === name);
        return name === source ? answer : resolve({ ...definition, sources }, input);
      };
      for (const [name, ...between] of agreements[definition.name] ?? []) {
        const [one, other] = between.map(alone);
        if (one.source === "" || other.source === "" || same(one.value, other.value)) continue;
        told({ event: "disagreement", fact: definition.name, agreement: name, between });
      }
      return answer;
    },
  };
}
