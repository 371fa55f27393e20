// React for a reader: a hook is called as a plain function. It is rendered, its effects run, and it is rendered again while
// they set something; what it answers then is what a page would show once nothing moves any more.

const MOST = 50; // renderings of one call
const { is } = Object;

// The call that is rendered: what its hooks keep, which of them is next, the effects that are due, and whether it has to
// be rendered again. Each call has its own, for several may wait for their effects at once.
let current = null;

const valueOf = (value, ...given) => (typeof value === "function" ? value(...given) : value);
const differ = (old, now) => old === undefined || now === undefined || now.some((value, index) => !is(value, old[index]));

/** What one hook keeps from rendering to rendering. */
function slot(make) {
  if (current === null) return make();
  const { slots } = current;
  if (current.at === slots.length) slots.push(make());
  current.at += 1;
  return slots[current.at - 1];
}

export function useState(first) {
  return useReducer((held, next) => valueOf(next, held), valueOf(first));
}

export function useReducer(reduce, first, start) {
  const held = slot(() => ({ value: start === undefined ? first : start(first) }));
  const call = current ?? {};
  held.dispatch ??= (action) => {
    const next = reduce(held.value, action);
    call.isStale ||= !is(next, held.value);
    held.value = next;
  };
  return [held.value, held.dispatch];
}

export function useMemo(make, needs) {
  const held = slot(() => ({}));
  if (differ(held.needs, needs)) Object.assign(held, { needs, value: make() });
  return held.value;
}

export const useCallback = (call, needs) => useMemo(() => call, needs);
export const useRef = (current) => slot(() => ({ current }));

export function useEffect(run, needs) {
  const held = slot(() => ({}));
  if (!differ(held.needs, needs)) return;
  held.needs = needs ?? [{}];
  current?.due.push(() => {
    held.clean?.();
    const clean = run();
    held.clean = typeof clean === "function" ? clean : undefined;
  });
}

export const useLayoutEffect = useEffect;
export const useInsertionEffect = useEffect;
export const useSyncExternalStore = (_subscribe, getSnapshot) => getSnapshot();
export const useContext = (context) => context.value;
export const use = useContext;
export const useDeferredValue = (value) => value;
export const useTransition = () => [false, (act) => act()];
export const useId = () => ":r0:";
export const useDebugValue = () => {};
export const useImperativeHandle = () => {};

/** Render once, with the effects of it; whether there were any. */
function render(call, made) {
  const outer = current;
  Object.assign(call, { isStale: false, at: 0, due: [] });
  let answer;
  try {
    current = call;
    answer = made();
  } finally {
    current = outer;
  }
  for (const effect of call.due) effect();
  return { answer, hasEffects: call.due.length > 0 };
}

/** Undo the effects of a call, as when a page shows it no longer: what they began must not go on. */
function leave({ slots }) {
  for (const { clean } of slots) {
    try {
      clean?.();
    } catch {
      // Its answer was given.
    }
  }
}

/** A function that may use hooks, as one that can be called; a promise where effects may still have to wait. */
function rendered(made) {
  if (typeof made !== "function") return made;
  const called = function (...given) {
    if (current !== null) return made.apply(this, given);
    const call = { slots: [] };
    const again = () => render(call, () => made.apply(this, given));
    let { answer, hasEffects } = again();
    let room = MOST;
    for (; call.isStale && room > 0; room -= 1) ({ answer } = again());
    if (!hasEffects) return answer;
    if (answer instanceof Promise) return answer.finally(() => leave(call));
    return new Promise((tell, fail) => {
      // What effects wait for is there before the next timer is due.
      const look = () => {
        if (!call.isStale || room === 0) {
          leave(call);
          return tell(answer);
        }
        room -= 1;
        try {
          ({ answer } = again());
        } catch (error) {
          leave(call);
          return fail(error);
        }
        return setTimeout(look, 0);
      };
      setTimeout(look, 0);
    });
  };
  return Object.defineProperty(called, "length", { value: made.length });
}

// The functions of a bundle find it here.
globalThis[Symbol.for("driftwright.rendered")] = rendered;

const Ignored = () => null;
export const createContext = (value) => ({ value, Provider: Ignored, Consumer: Ignored });
export const createRef = () => ({ current: null });
export const createElement = (type, props, ...children) => ({ type, props: { ...props, children } });
export const cloneElement = (element, props) => ({ ...element, props: { ...element.props, ...props } });
export const isValidElement = (value) => typeof value === "object" && value !== null && "type" in value;
export const memo = (component) => component;
export const forwardRef = (component) => (props) => component(props, null);
export const lazy = () => Ignored;
export const startTransition = (act) => act();
export const Fragment = "fragment";
export const StrictMode = "strict";
export const Suspense = "suspense";
export class Component {
  constructor(props) {
    this.props = props;
  }
}
export const PureComponent = Component;
export const Children = { toArray: (children) => [children].flat(), map: (children, each) => [children].flat().map(each) };

export const jsx = (type, props) => ({ type, props });
export const jsxs = jsx;
export const jsxDEV = jsx;

export default {
  ...{ useState, useReducer, useMemo, useCallback, useRef, useEffect, useLayoutEffect, useInsertionEffect },
  ...{ useSyncExternalStore, useContext, use, useDeferredValue, useTransition, useId, useDebugValue },
  ...{ useImperativeHandle, createContext, createRef, createElement, cloneElement, isValidElement, memo, forwardRef },
  ...{ lazy, startTransition, Fragment, StrictMode, Suspense, Component, PureComponent, Children },
};
