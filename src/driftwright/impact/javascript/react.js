// React for a reader: a hook is called once, as a plain function, and answers what a first rendering would be given.

const Ignored = () => null;

export const useMemo = (make) => make();
export const useCallback = (call) => call;
export const useRef = (current) => ({ current });
export const useState = (first) => [typeof first === "function" ? first() : first, () => {}];
export const useReducer = (_reduce, first, start) => [start === undefined ? first : start(first), () => {}];
export const useSyncExternalStore = (_subscribe, getSnapshot) => getSnapshot();
export const useContext = (context) => context.value;
export const useDeferredValue = (value) => value;
export const useTransition = () => [false, (act) => act()];
export const useId = () => ":r0:";
export const useDebugValue = () => {};
// What runs after a rendering, and tells a page or sets a timer: the answer was given before.
export const useEffect = () => {};
export const useLayoutEffect = () => {};
export const useInsertionEffect = () => {};
export const useImperativeHandle = () => {};

export const createContext = (value) => ({ value, Provider: Ignored, Consumer: Ignored });
export const createRef = () => ({ current: null });
export const createElement = (type, props, ...children) => ({ type, props: { ...props, children } });
export const cloneElement = (element, props) => ({ ...element, props: { ...element.props, ...props } });
export const isValidElement = (value) => typeof value === "object" && value !== null && "type" in value;
export const memo = (component) => component;
export const forwardRef = (render) => (props) => render(props, null);
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
  ...{ useMemo, useCallback, useRef, useState, useReducer, useSyncExternalStore, useContext, useDeferredValue },
  ...{ useTransition, useId, useDebugValue, useEffect, useLayoutEffect, useInsertionEffect, useImperativeHandle },
  ...{ createContext, createRef, createElement, cloneElement, isValidElement, memo, forwardRef, lazy },
  ...{ startTransition, Fragment, StrictMode, Suspense, Component, PureComponent, Children },
};
