// Remembers answers: a reader that asks for no parameter answers the same for every parameter, however many there are.
//
// What a call asks its argument for is noted; a later call of the same function, whose argument is the same in all of
// that, would run exactly as that one did: the clock is set, the random numbers are seeded, and modules are made afresh.

const MOST = 8; // answers of one function that are kept; one that asks for a parameter seldom finds any

/** Returns `{forget, find, keep, listen}`; `sign` tells what stands under a name of an argument, as a text. */
export function remembering() {
  let known = new Map();
  return {
    forget() {
      known = new Map();
    },
    find(group, sign) {
      return known.get(group)?.find(({ asked }) => asked.every(([name, text]) => sign(name) === text))?.result;
    },
    keep(group, names, sign, result) {
      const asked = ["now", ...names].map((name) => [name, sign(name)]); // the clock may be read without asking
      const held = known.get(group) ?? [];
      known.set(group, [...held.slice(-MOST + 1), { asked, result }]);
    },
    /** Note what is asked of an argument; `names` is null once it was looked through as a whole. */
    listen() {
      let names = new Set();
      const note = (look) => (target, name, ...rest) => {
        names?.add(name);
        return look(target, name, ...rest);
      };
      const whole = (look) => (...parts) => {
        names = null;
        return look(...parts);
      };
      const ears = {
        get: note((target, name) => target[name]),
        has: note(Reflect.has),
        getOwnPropertyDescriptor: whole(Reflect.getOwnPropertyDescriptor),
        ownKeys: whole(Reflect.ownKeys),
        set: whole(Reflect.set),
        defineProperty: whole(Reflect.defineProperty),
        deleteProperty: whole(Reflect.deleteProperty),
      };
      return { wrap: (value) => new Proxy(value, ears), names: () => names && [...names] };
    },
  };
}
