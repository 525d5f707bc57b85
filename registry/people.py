REPRESENTS, TRUSTS = set(), set()


def is_administrator(user, at):
    return "Administrator" in user.name


def is_representative(user, account, at):
    return (user.pk, account.pk) in REPRESENTS


def trusts(account, target, at):
    return (account.pk, target.pk) in TRUSTS
