/** Makes elements of the page. Text is inserted as text and never as markup, because messages are not to be trusted. */

type Child = Node | string;

/** An element with attributes (`true` = present, `false` = absent) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: { readonly [name: string]: string | boolean } = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== false) made.setAttribute(key, value === true ? "" : value);
  made.append(...children);
  return made;
}

/** The element of the page with the given id; throws unless it has the given type. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`no ${kind.name} #${id}`);
  return found;
}

/** A labelled control. */
export function labelled(text: string, control: HTMLInputElement | HTMLSelectElement): HTMLDivElement {
  return element("div", {}, element("label", { for: control.id }, text), control);
}

export function select(id: string, options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  return element("select", { id }, ...options.map(([value, text]) => element("option", { value }, text)));
}
