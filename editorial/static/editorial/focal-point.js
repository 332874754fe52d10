// To learn whether the browser knows touch, Jcrop writes inline handlers, which the Content-Security-Policy forbids.
// Where the names exist it does not ask; a mouse works as before.
for (const name of ["ontouchstart", "ontouchmove", "ontouchend"]) {
  if (!(name in HTMLElement.prototype)) HTMLElement.prototype[name] = null;
}
