// A derived fact whose reading code answers promises.

import { fact, inputOf } from "./fact.js";
import { resolve } from "./resolver.js";

/** As `fact`, but the function gives a promise of the answer. It is never rejected. */
export function laterFact(...given) {
  const definition = { ...fact(...given).definition, later: true };
  return Object.assign((stores, params) => settled(definition, inputOf(definition, stores, params)), { definition });
}

/** Walk the sources as `resolve` does, with what their promises held. */
export async function settled(definition, input) {
  const tried = [];
  for (const source of definition.sources) {
    const answer = resolve({ ...definition, sources: [await ahead(source, input)] }, input);
    tried.push(...answer.tried);
    if (answer.tried.length === 0) return { ...answer, tried };
  }
  return { ...resolve({ sources: [] }, input), tried };
}

/** A source whose functions answer at once: the guard first, and only while it holds the rest. */
async function ahead({ derive, needs, ...rest }, input) {
  if (typeof derive !== "function") return rest;
  const guard = needs && (await held(needs, input));
  const trusted = guard === undefined || guard.value === true;
  const answer = trusted ? await held(derive, input) : { give: derive };
  return { ...rest, ...(guard && { needs: guard.give }), derive: answer.give };
}

async function held(reader, input) {
  try {
    const value = await reader(input);
    return { value, give: () => value };
  } catch (error) {
    return {
      give() {
        throw error;
      },
    };
  }
}
