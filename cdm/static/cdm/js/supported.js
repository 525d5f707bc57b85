// Runs before the page is drawn, so that folded parts do not first show unfolded.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
