"""The only writes about people, by story: accounts, signing in, organizations, posts."""

from gongzhi.people.actions.accounts import (
    create_person,
    erase_account,
    export_account,
    rewrap_keys,
    set_password,
    set_preferences,
    set_value,
)
from gongzhi.people.actions.charging import charge_body, charge_holder, end_charge
from gongzhi.people.actions.consenting import grant_consent, say_minor, withdraw_consent
from gongzhi.people.actions.founding import describe_body, found_body
from gongzhi.people.actions.membership import keep_member, remove_member, show_membership
from gongzhi.people.actions.organizations import (
    add_organization,
    add_post,
    appoint,
    appoint_by_contact,
    change_organization,
    end_mandate,
    end_relation,
    make_first_administrator,
    person_with,
    relate,
)
from gongzhi.people.actions.preferring import keep_filter, remove_filter, rename_filter
from gongzhi.people.actions.reorganizing import end_organization, merge_organizations
from gongzhi.people.actions.serving import add_shifts, remove_shift, set_households, set_terms, take_back_shifts
from gongzhi.people.actions.signing_in import (
    change_contact,
    check_second_factor,
    drop_second_factor,
    enrol_second_factor,
    issue_code,
    redeem_code,
    sign_in_with_password,
)
from gongzhi.people.actions.tokens import (
    create_own_token,
    create_reader,
    create_token,
    revoke_own_token,
    revoke_tokens,
)

__all__ = [
    "add_organization",
    "add_post",
    "add_shifts",
    "appoint",
    "appoint_by_contact",
    "change_contact",
    "change_organization",
    "charge_body",
    "charge_holder",
    "check_second_factor",
    "create_own_token",
    "create_person",
    "create_reader",
    "create_token",
    "describe_body",
    "drop_second_factor",
    "end_charge",
    "end_mandate",
    "end_organization",
    "end_relation",
    "enrol_second_factor",
    "erase_account",
    "export_account",
    "found_body",
    "grant_consent",
    "issue_code",
    "keep_filter",
    "keep_member",
    "make_first_administrator",
    "merge_organizations",
    "person_with",
    "redeem_code",
    "relate",
    "remove_filter",
    "remove_member",
    "remove_shift",
    "rename_filter",
    "revoke_own_token",
    "revoke_tokens",
    "rewrap_keys",
    "say_minor",
    "set_households",
    "set_password",
    "set_preferences",
    "set_terms",
    "set_value",
    "show_membership",
    "sign_in_with_password",
    "take_back_shifts",
    "withdraw_consent",
]
