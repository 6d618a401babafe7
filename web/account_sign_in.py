"""Signing in, signing out and choosing a new password: Flask-Security does it, on our tables, in our words, in our transactions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, flash, g, request
from flask_login import current_user
from flask_security import ForgotPasswordForm, LoginForm, ResetPasswordForm, RoleMixin, Security, UserDatastore, hash_password
from flask_security.forms import EmailValidation
from sqlmodel import select

from campaigns.foundation.settings import Settings
from web import desk, forms
from web.account_letters import NoticeUtil
from web.accounts import NORMAL_FORM, NOT_THE_SAME, SHORTEST_PASSWORD, TOO_SHORT, Account, end_sessions, open_again, signed_in, tried
from web.guards import FETCHED
from web.wrong_tries import TRIES

WRONG = f"The e-mail address or password is not right. After {TRIES} wrong tries an account is closed for 15 minutes"
NO_ADDRESS, NO_PASSWORD = "Enter your e-mail address", "Enter your password"
ASKED = "If there is an account with that e-mail address, a link to choose a new password is on its way. It works once, for one hour. We send one in ten minutes at most."
SIGNED_OUT = "You are signed out, here and wherever else you were signed in."

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (WRONG, "error"),
    "PASSWORD_RESET_REQUEST": (ASKED, "info"),
    "PASSWORD_RESET_EXPIRED": ("This link is out of date. Ask for a new one below.", "error"),
    "INVALID_RESET_PASSWORD_TOKEN": ("This link was used already, or it is incomplete. Ask for a new one below.", "error"),
    "PASSWORD_RESET_NO_LOGIN": ("Your password is changed. Sign in with the new one.", "success"),
    "RETYPE_PASSWORD_MISMATCH": (NOT_THE_SAME, "error"),
    "PASSWORD_INVALID_LENGTH": (TOO_SHORT, "error"),
    "UNAUTHENTICATED": ("Sign in to see this page.", "error"),
}


class AccountStore(UserDatastore):
    """Flask-Security's view of our accounts. It never commits: whoever opened a transaction does."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """The one account with this e-mail address or session mark. None for what is fetched for anybody: that is not to ask the database."""
        if request.endpoint in FETCHED:
            return None
        ((name, value),) = kwargs.items()
        value = str(value).casefold() if name == "email" else value
        question = select(Account).where(getattr(Account, name) == value)
        if "transaction" in g:
            return desk.open_transaction().exec(question.with_for_update()).first()
        with desk.reading() as session:
            found = session.exec(question).first()
            if found is not None:
                session.expunge(found)
            return found

    def find_role(self, role: str) -> None:
        """There are no roles here; duties belong to officers."""

    def put(self, model: Any) -> Any:
        """Keep what Flask-Security changed, where a transaction is open to keep it in."""
        if "transaction" in g:
            desk.open_transaction().add(model)
        return model

    def set_uniquifier(self, user: Any, uniquifier: str | None = None) -> None:
        """A new password was chosen: every session and link ends, and an account that wrong passwords closed is open to the right one."""
        super().set_uniquifier(user, uniquifier)
        open_again(user)

    def commit(self) -> None:
        """Nothing: see `in_one_transaction`."""


class SignInForm(LoginForm):
    """E-mail address and password."""

    email = forms.email("E-mail address", needed=NO_ADDRESS, checks=[EmailValidation(verify=False)])
    password = forms.password("Password", needed=NO_PASSWORD)
    remember = None  # type: ignore[assignment]
    submit = forms.submit("Sign in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""

    def validate(self, **kwargs: Any) -> bool:
        """Flask-Security checks the password, while nobody has to wait for it; then what came of it is kept."""
        well = bool(super().validate(**kwargs))
        if self.ifield is not None:  # so a password was looked at
            well = tried(self.user if isinstance(self.user, Account) else None, right=well, at=desk.now())
            self.form_errors += [] if well else [WRONG]
        for field, sentence in ((self.email, NO_ADDRESS), (self.password, NO_PASSWORD)):
            if not field.data:  # Flask-Security makes every other complaint of these fields one and the same
                field.errors = []
                self.form_errors.append(sentence)
        return well


class ForgottenForm(ForgotPasswordForm):
    """Asks for a link to choose a new password. The answer is the same whether or not there is such an account."""

    email = forms.email("E-mail address", needed="Enter your e-mail address", checks=list(ForgotPasswordForm.email.kwargs["validators"]))
    submit = forms.submit("Send me a link")

    def validate(self, **kwargs: Any) -> bool:
        """Say so where the address is none at all: that tells nobody anything."""
        well = bool(super().validate(**kwargs))
        if well:
            hash_password("")  # as Flask-Security does for an address without an account: both take as long
        if "@" not in (self.email.data or ""):
            self.form_errors.append("Enter your e-mail address, like name@example.gov.uk")
        return well


class NewPasswordForm(ResetPasswordForm):
    """Chooses a new password."""

    password = forms.password("New password", needed="Enter a new password", hint=f"At least {SHORTEST_PASSWORD} characters", new=True)
    password_confirm = forms.password(
        "New password again",
        needed="Enter the new password again",
        checks=list(ResetPasswordForm.password_confirm.kwargs["validators"]),
        new=True,
    )
    submit = forms.submit("Change my password")


def set_up(app: Flask, settings: Settings) -> None:
    """Hang Flask-Security on the application."""
    app.config.update(_config(settings))
    Security(
        app,
        AccountStore(Account, RoleMixin),
        login_form=SignInForm,
        forgot_password_form=ForgottenForm,
        reset_password_form=NewPasswordForm,
        mail_util_cls=NoticeUtil,
    )
    app.view_functions["security.reset_password"] = in_one_transaction(app.view_functions["security.reset_password"])
    app.view_functions["security.logout"] = everywhere(app.view_functions["security.logout"])
    app.view_functions["security.verify"] = lambda: abort(404)  # signing asks for the password on the page that signs


def in_one_transaction(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view with one transaction around whatever is posted to it, closed before anything is answered."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(*args, **kwargs)
        with desk.writing() as session:
            g.transaction = session
            try:
                return view(*args, **kwargs)
            finally:
                g.pop("transaction")

    return wrapped


def everywhere(sign_out: Callable[[], Any]) -> Callable[[], Any]:
    """Signing out, which ends the account's sessions on the server too: a cookie that somebody kept opens nothing."""

    @wraps(sign_out)
    def wrapped() -> Any:
        if current_user.is_authenticated:
            end_sessions(signed_in())
            flash(SIGNED_OUT, "success")
        return sign_out()

    return wrapped


def _config(settings: Settings) -> dict[str, Any]:
    testing = settings.env == "test"
    config = {
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "LOGOUT_METHODS": ["POST"],
        "RESET_URL": "/new-password",
        "POST_LOGIN_VIEW": "/",
        "POST_LOGOUT_VIEW": "/sign-in",
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": "1 hours",
        "RETURN_GENERIC_RESPONSES": True,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_SALT": "argon2 salts every password itself",
        "PASSWORD_NORMALIZE_FORM": NORMAL_FORM,
        "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        # Of what a link holds, which is a hash already: a slow one told who has an account.
        "HASHING_SCHEMES": ["hex_sha256", "sha256_crypt"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__time_cost": 1, "argon2__memory_cost": 1024} if testing else {},
        "EMAIL_PLAINTEXT": False,
        "EMAIL_HTML": False,
        "EMAIL_VALIDATOR_ARGS": {"test_environment": settings.test_domains_allowed},
        "LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "FORGOT_PASSWORD_TEMPLATE": "accounts/forgotten.html",
        "RESET_PASSWORD_TEMPLATE": "accounts/new_password.html",
        "API_ENABLED_METHODS": ["session"],
        "CACHE_CONTROL": {},  # what it would say no browser reads; see guards
    }
    config |= {f"MSG_{name}": said for name, said in MESSAGES.items()}
    return {f"SECURITY_{name}": value for name, value in config.items()}
