"""Who may sign in to the local server: an owner, and the people who review."""

from __future__ import annotations

import secrets

from argilla_server.contexts import accounts
from argilla_server.database import AsyncSessionLocal
from argilla_server.enums import UserRole
from argilla_server.models import User, Workspace, WorkspaceUser

from curator.review.local_server.access import OWNER, WORKSPACE, Ledger


async def admit(ledger: Ledger, names: list[str]) -> dict[str, str]:
    """
    Make the owner and the annotators of ``names`` able to sign in; give the passwords made now.

    The ledger is the truth: who stands in it and not in the tables is made again with the same
    password, who stands in the tables and is named here without a line in it gets a new one.
    Updates ``ledger.passwords`` and ``ledger.api_key``.
    """
    made = {}
    for name in [OWNER, *names]:
        if name not in ledger.passwords:
            made[name] = ledger.passwords[name] = secrets.token_urlsafe(9)
    async with AsyncSessionLocal() as session:
        workspace = await Workspace.get_by(session, name=WORKSPACE)
        if workspace is None:
            workspace = await Workspace.create(session, autocommit=False, name=WORKSPACE)
            await session.flush()
        for name, password in ledger.passwords.items():
            user = await User.get_by(session, username=name)
            if user is None:
                user = User(
                    first_name=name,
                    username=name,
                    role=UserRole.owner if name == OWNER else UserRole.annotator,
                    password_hash=accounts.hash_password(password),
                )
                session.add(user)
                await session.flush()
                session.add(WorkspaceUser(workspace_id=workspace.id, user_id=user.id))
            elif name in made:
                user.password_hash = accounts.hash_password(password)
            if name == OWNER:
                ledger.api_key = user.api_key
        await session.commit()
    return made
