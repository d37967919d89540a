/*
 * Changes a part of a page in place to what the server made of it since (app/src/server_page.rs): what is the same keeps its
 * nodes, and with them the focus, what is open, and what is typed.
 */

/** Whether one node can become the other: the same kind of node, and the same element by name and id. */
const alike = (have, want) => have.nodeType === want.nodeType && have.nodeName === want.nodeName && have.id === want.id;

/** The sibling after `node` that has the id that `like` has. */
function laterLike(node, like) {
  if (!like.id) return null;
  let next = node.nextSibling;
  while (next && !alike(next, like)) next = next.nextSibling;
  return next;
}

/* A box that somebody has ticked once no longer goes by its attribute. */
function tick(element, attribute, isTicked) {
  if (attribute === "checked" && element.localName === "input") element.checked = isTicked;
}

function morphAttributes(have, want) {
  for (const { name, value } of want.attributes) {
    if (have.getAttribute(name) === value) continue;
    have.setAttribute(name, value);
    tick(have, name, true);
  }
  // A custom element adds attributes of its own, and a person opens details: those stay.
  if (have.localName.includes("-")) return;
  for (const name of have.getAttributeNames()) {
    if (name === "open" || want.hasAttribute(name)) continue;
    have.removeAttribute(name);
    tick(have, name, false);
  }
}

function morphChildren(parent, wanted) {
  let present = parent.firstChild;
  let next = wanted.firstChild;
  while (next) {
    const want = next;
    next = want.nextSibling;
    let have = present;
    if (!have) {
      parent.append(want);
      continue;
    }
    if (!alike(have, want)) {
      // Something came or went before it. What has an id keeps its node, and with it what is open or focused; it is not
      // moved either, which would close a popover.
      const same = laterLike(have, want);
      if (!same) {
        if (laterLike(want, have)) {
          have.before(want);
        } else {
          present = have.nextSibling;
          have.replaceWith(want);
        }
        continue;
      }
      while (have !== same) {
        const gone = have;
        have = have.nextSibling;
        gone.remove();
      }
    }
    present = have.nextSibling;
    if (have.nodeType !== Node.ELEMENT_NODE) {
      if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
    } else if (!have.hasAttribute("data-typed") && !have.isEqualNode(want)) {
      // Most of a page stays as it is, which the browser finds sooner than a script. What somebody has typed, and what is said
      // of it, is theirs until it is sent.
      morphAttributes(have, want);
      morphChildren(have, want);
    }
  }
  while (present) {
    const rest = present;
    present = rest.nextSibling;
    rest.remove();
  }
}

/** Makes the content of `element` that of `html`, with as few changes as a walk side by side finds. */
export function morph(element, html) {
  const wanted = document.createElement("div");
  wanted.innerHTML = html;
  morphChildren(element, wanted);
}
