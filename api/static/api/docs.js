// Starts the reader of the API document. A file of its own: the content policy takes no inline script.
const place = document.getElementById("docs");

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

window.SwaggerUIBundle({
  url: place.dataset.document,
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  // A signed-in person tries things out with his own session; a pasted token needs no cookie.
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = cookie(place.dataset.csrfCookie);
    return request;
  },
});
