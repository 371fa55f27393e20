// Tells of every step down to a lesser source and of every disagreement of sources, sampled and without a value.

import { agreements } from "./agreements.js";
import { inputOf } from "./fact.js";
import { settled } from "./later.js";
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
  const stepDown = ({ name }, { source, level, tried }) => {
    if (tried.length === 0) return;
    const passed = tried.map((one) => ({ source: one.source, why: withoutWords(one.why) }));
    told({ event: "step-down", fact: name, source, level, passed });
  };
  const differing = ({ name }, [agreement, ...between], [one, other]) => {
    if (one.source === "" || other.source === "" || same(one.value, other.value)) return;
    told({ event: "disagreement", fact: name, agreement, between });
  };
  /** The definition of a fact with one of its sources alone. */
  const alone = (definition, source) => {
    const sources = definition.sources.filter(({ name }) => name === source);
    return { ...definition, sources };
  };
  const askLater = async (definition, input, isTold) => {
    const answer = await settled(definition, input);
    if (!isTold) return answer;
    stepDown(definition, answer);
    for (const agreement of agreements[definition.name] ?? []) {
      const [, ...between] = agreement;
      const both = between.map((source) => settled(alone(definition, source), input));
      differing(definition, agreement, await Promise.all(both));
    }
    return answer;
  };
  return {
    ask(fact, stores, params) {
      const { definition } = fact;
      const input = inputOf(definition, stores, params);
      const isTold = random() < sample;
      if (definition.later) return askLater(definition, input, isTold);
      const answer = resolve(definition, input);
      if (!isTold) return answer;
      stepDown(definition, answer);
      for (const agreement of agreements[definition.name] ?? []) {
        const [, ...between] = agreement;
        differing(definition, agreement, between.map((source) => resolve(alone(definition, source), input)));
      }
      return answer;
    },
  };
}
