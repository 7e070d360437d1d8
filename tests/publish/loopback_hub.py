"""
A Hub on this machine, as strict as the real one where a push or a pull can notice.

Two servers on 127.0.0.1: the Hub itself, and the storage to which it sends large files by signed
addresses. It carries the real clients. It can be told to fail at any request.
"""

import base64
import fnmatch
import hashlib
import hmac
import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

import yaml

MAX_REGULAR_BYTES, MAX_BINARY_BYTES = 10 << 20, 100_000
PAGE, EXPANDED_PAGE = 1_000, 50
LARGE = """
7z arrow bin bz2 ckpt ftz gz h5 joblib lz4 mds model msgpack npy npz onnx parquet pb pickle pkl pt
pth rar safetensors tar tgz wasm xz zip zst png jpg wav mp3 mp4
""".split()  # noqa: SIM905
GITATTRIBUTES = "".join(f"*.{end} filter=lfs diff=lfs merge=lfs -text\n" for end in LARGE).encode()
LICENCES = """
apache-2.0 mit openrail afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause c-uda cc cc0-1.0
cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0
cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0
cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0
epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc
ms-pl mpl-2.0 odc-by odbl osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl unknown other
""".split()  # noqa: SIM905
NAME = re.compile(r"(?=.{1,96}\Z)\w(?:[\w.-]*\w)?", re.ASCII)
TYPES = {"models": "model", "datasets": "dataset", "spaces": "space"}


class Refused(Exception):
    """What the Hub answers instead; ``code`` is told in X-Error-Code."""

    def __init__(self, status, message, code=None, body=None):
        super().__init__(message)
        self.status, self.message, self.code = status, message, code
        self.body = {"error": message} if body is None else body


class Cut(Exception):
    """The connection is to break without an answer."""


@dataclass
class User:
    """Whose a token is, where it may write, and whether it may write at all."""

    name: str
    orgs: tuple = ()
    may_write: bool = True


@dataclass
class Blob:
    """A file of a commit: its bytes, or the hash and size of what lies in storage."""

    oid: str
    size: int
    data: bytes | None = None
    sha256: str | None = None


@dataclass
class Commit:
    """A tree with its history."""

    tree: dict
    parent: str | None
    title: str
    author: str
    id: str = ""

    def __post_init__(self):
        listed = sorted((path, blob.oid) for path, blob in self.tree.items())
        told = json.dumps([listed, self.parent, self.title, self.author])
        self.id = hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Repo:
    """A repository with everything it ever held; ``seen`` are the heads of branches, in order."""

    type: str
    id: str
    private: bool
    commits: dict = field(default_factory=dict)
    branches: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    stored: dict = field(default_factory=dict)  # sha256 -> bytes
    seen: list = field(default_factory=list)  # (branch, commit)
    quota_bytes: int | None = None

    @property
    def namespace(self):
        """Whose it is."""
        return self.id.split("/")[0]

    def add(self, branch, tree, title, author):
        """Commit a whole tree on a branch."""
        commit = Commit(tree, self.branches.get(branch), title, author)
        self.commits[commit.id] = commit
        self.point(branch, commit.id)
        return commit

    def point(self, branch, commit_id):
        """Let a branch name a commit."""
        self.branches[branch] = commit_id
        self.seen.append((branch, commit_id))

    def commit(self, revision):
        """Find a commit by branch, tag or id."""
        name = self.branches.get(revision) or self.tags.get(revision) or revision
        full = [one for one in self.commits if one.startswith(name)] if len(name) >= 7 else []
        if not full:
            raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return self.commits[full[0]]

    def content(self, blob):
        """Give the bytes of a file, wherever they lie."""
        return blob.data if blob.sha256 is None else self.stored[blob.sha256]


def git_oid(data):
    """Name content as git does."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def regular(data):
    """A file that git holds itself."""
    return Blob(oid=git_oid(data), size=len(data), data=data)


def pointer(sha256, size):
    """The file that git holds in place of one in storage."""
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    return text.encode()


def is_large(path, sample, size):
    """Say whether a file must go to storage: by its name, as binary, or by its length."""
    patterns = [line.split()[0] for line in GITATTRIBUTES.decode().splitlines()]
    if any(fnmatch.fnmatch(path.rsplit("/", 1)[-1], pattern) for pattern in patterns):
        return True
    is_binary = b"\0" in sample
    return size > MAX_REGULAR_BYTES or (is_binary and size > MAX_BINARY_BYTES)


def check_card(content, kind):
    """Raise where the front matter of a card is not what the Hub takes."""
    found = re.match(r"\s*---\r?\n(.*?)\r?\n---[ \t]*(\r?\n|\Z)", content, re.DOTALL)
    if not found:
        return [{"message": "empty or missing yaml metadata in repo card"}]
    errors = []
    try:
        data = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        data, errors = {}, [f"YAML: {error}"]
    licences = data.get("license", [])
    for licence in [licences] if isinstance(licences, str) else licences:
        if licence not in LICENCES:
            errors.append(f'"license" must be one of [{", ".join(sorted(LICENCES))}]')
    for language in data.get("language", ()):
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)*|code|multilingual", language):
            errors.append(f'"language" must only contain ISO 639-1 codes: {language}')
    names = [config.get("config_name") for config in data.get("configs", ())]
    if len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        errors.append('"configs" must have one config_name each')
    if errors:
        told = [{"message": message} for message in errors]
        raise Refused(400, "Invalid metadata", body={"errors": told, "warnings": []})
    return []


class LoopbackHub:
    """The two servers, what they hold, and what was asked of them."""

    def __init__(self, users):
        """Serve on free ports; ``users`` are by token."""
        self.users, self.repos = users, {}
        self.requests, self.authorised = [], set()
        self.key, self.lock = secrets.token_bytes(16), threading.RLock()
        self.before = None  # called with method and path, before a request is answered
        self.hurt = None  # changes what arrives in storage, as a bad line does
        self._failure, self._count = None, 0
        self.released, self.hangs = threading.Event(), threading.Event()
        self.servers = [
            ThreadingHTTPServer(("127.0.0.1", 0), _Hub),
            ThreadingHTTPServer(("127.0.0.1", 0), _Storage),
        ]
        for server in self.servers:
            server.hub, server.daemon_threads = self, True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.endpoint, self.storage = (f"http://127.0.0.1:{s.server_port}" for s in self.servers)

    def stop(self):
        """End both servers."""
        self.released.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def reset(self):
        """Forget all repositories, requests and failures."""
        self.heal()
        self.repos, self.requests, self.before, self.hurt = {}, [], None, None

    def fail(self, at, how, *, lasting=False):
        """
        Fail the request number ``at`` from now on, counted from 1; all after it too if ``lasting``.

        ``at`` may be a pattern of "METHOD path" instead; ``lasting`` then means each that matches.

        ``how``: a status; ``drop`` (nothing is done, no answer), ``lose`` (done, but no answer), or
        ``hang`` (nothing is done until ``heal``).
        """
        self.released, self.hangs = threading.Event(), threading.Event()
        self._failure, self._count = (at, how, lasting), 0

    def heal(self):
        """Answer again, and let go of what hangs."""
        self._failure, self._count = None, 0
        self.released.set()

    def due(self, method, path):
        """Count a request; say how it is to fail, if it is."""
        with self.lock:
            self.requests.append((method, path))
            self._count += 1
            if self._failure is None:
                return None
            at, how, lasting = self._failure
            if isinstance(at, str):
                is_hit = re.search(at, f"{method} {path}") is not None
                self._failure = None if is_hit and not lasting else self._failure
                return how if is_hit else None
            return how if self._count == at or (lasting and self._count > at) else None

    def repo(self, repo_id, kind="dataset"):
        """Find a repository, for tests that look inside."""
        return self.repos[kind, repo_id]

    def files(self, repo_id, revision="main"):
        """Give every file of a revision with its bytes."""
        repo = self.repo(repo_id)
        tree = repo.commit(revision).tree
        return {path: repo.content(blob) for path, blob in sorted(tree.items())}

    def create(self, repo_id, *, private=False, kind="dataset", files=None):
        """Make a repository, with files of somebody else."""
        tree = {".gitattributes": regular(GITATTRIBUTES)}
        repo = self.repos[kind, repo_id] = Repo(kind, repo_id, private)
        repo.add("main", tree, "initial commit", repo.namespace)
        if files:
            self.edit(repo_id, files)
        return repo

    def edit(self, repo_id, files, branch="main"):
        """Commit as somebody does at the website; no bytes are a deleted file."""
        repo = self.repo(repo_id)
        tree = dict(repo.commit(branch).tree)
        for path, data in files.items():
            if data is None:
                del tree[path]
            else:
                tree[path] = regular(data)
        return repo.add(branch, tree, "edit", "somebody").id

    def sign(self, path):
        """Sign an address of the storage."""
        mark = hmac.new(self.key, path.encode(), "sha256").hexdigest()
        return f"{self.storage}{path}?X-Signature={mark}"


class _Answers(BaseHTTPRequestHandler):
    """HTTP/1.1 with lengths, chunked bodies and failures on demand."""

    protocol_version = "HTTP/1.1"
    wbufsize, disable_nagle_algorithm = -1, True  # an answer is one packet, sent at once

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status, body=b"", headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        named = {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **dict(headers),
        }
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def handle_request(self):
        hub = self.server.hub
        data = self.body()
        how = hub.due(self.command, self.path)
        if hub.before:
            hub.before(self.command, self.path)
        try:
            self.answer(*self.done(how, data))
        except Refused as refused:
            told = {"X-Error-Message": refused.message.replace("\n", " ")}
            if refused.code:
                told["X-Error-Code"] = refused.code
            self.answer(refused.status, refused.body, told)
        except Cut:
            self.close_connection = True
            self.connection.close()

    def done(self, how, data):
        """Act on a request, unless it is to fail."""
        hub = self.server.hub
        if how == "hang":
            hub.hangs.set()
            hub.released.wait(60)
        if how in ("drop", "hang"):
            raise Cut
        if isinstance(how, int):
            raise Refused(how, "told to fail")
        with hub.lock:
            found = self.act(urlsplit(self.path), data)
        if how == "lose":
            raise Cut
        return found

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_request  # noqa: N815

    def ranged(self, data, headers):
        """Answer with a part where a part is asked for."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        headers = {"Accept-Ranges": "bytes", "Content-Type": "application/octet-stream", **headers}
        if not asked:
            return 200, data, headers
        start, end = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        if start >= len(data):
            raise Refused(416, "Range Not Satisfiable")
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return 206, data[start : end + 1], headers


class _Storage(_Answers):
    """Where large files lie: only signed addresses are served, and nobody's token is wanted."""

    def act(self, url, data):
        hub = self.server.hub
        if "Authorization" in self.headers:
            raise Refused(400, "Only one auth mechanism allowed")
        if hub.sign(url.path).rpartition("=")[2] != parse_qs(url.query).get("X-Signature", [""])[0]:
            raise Refused(403, "SignatureDoesNotMatch")
        kind, repo_id, oid, size = (
            url.path.split("/", 2)[1],
            *url.path.split("/", 2)[2].rsplit("/", 2),
        )
        repo = hub.repos[kind, repo_id]
        if self.command == "PUT":
            data = hub.hurt(data) if hub.hurt else data
            if len(data) != int(size) or hashlib.sha256(data).hexdigest() != oid:
                raise Refused(400, "XAmzContentSHA256Mismatch: the SHA-256 does not match")
            repo.stored[oid] = data
            return 200, b"", {"ETag": f'"{oid}"'}
        return self.ranged(repo.stored[oid], {"ETag": f'"{oid}"'})


class _Hub(_Answers):
    """The Hub's own addresses."""

    def act(self, url, data):
        self.hub, self.query, self.data = self.server.hub, parse_qs(url.query), data
        for method, pattern, name in ROUTES:
            found = re.fullmatch(pattern, url.path)
            if found and self.command in method.split():
                given = {key: unquote(v) for key, v in found.groupdict().items() if v}
                self.kinds, self.name = given.pop("kinds", ""), given.pop("name", "")
                return getattr(self, name)(**given)
        raise Refused(404, f"Cannot {self.command} {url.path}")

    def json(self):
        return json.loads(self.data)

    def user(self):
        given = self.headers.get("Authorization")
        if given is None:
            return None
        user = self.hub.users.get(given.removeprefix("Bearer "))
        if user is None:
            raise Refused(401, "Invalid credentials in Authorization header")
        return user

    def repo(self, *, write=False):
        user = self.user()
        repo = self.hub.repos.get((TYPES[self.kinds], self.name))
        mine = user is not None and repo is not None and repo.namespace in (user.name, *user.orgs)
        if repo is None or (repo.private and not mine):
            if user is None:
                raise Refused(401, "Invalid username or password.", "RepoNotFound")
            raise Refused(404, "Repository not found", "RepoNotFound")
        if write and user is None:
            raise Refused(401, "Invalid username or password.")
        if write and not (mine and user.may_write):
            raise Refused(403, f"Authorization error: you may not write to {self.name}")
        return repo

    def whoami(self):
        if (user := self.user()) is None:
            raise Refused(401, "Invalid username or password.")
        orgs = [{"name": name, "type": "org"} for name in user.orgs]
        return (
            200,
            {"type": "user", "name": user.name, "orgs": orgs, "auth": {"type": "access_token"}},
            {},
        )

    def create(self):
        if (user := self.user()) is None:
            raise Refused(401, "Invalid username or password.")
        asked = self.json()
        kind, namespace, name = (
            asked.get("type", "model"),
            asked["organization"] or user.name,
            asked["name"],
        )
        if not NAME.fullmatch(name) or "--" in name or ".." in name or name.endswith(".git"):
            raise Refused(400, f"Invalid repo name: {namespace}/{name}")
        if namespace not in (user.name, *user.orgs) or not user.may_write:
            raise Refused(
                403,
                f'You don\'t have the rights to create a {kind} under the namespace "{namespace}"',
            )
        if (kind, f"{namespace}/{name}") in self.hub.repos:
            raise Refused(409, f"You already created this {kind} repo")
        private = asked.get("visibility") == "private"
        repo = self.hub.create(f"{namespace}/{name}", private=private, kind=kind)
        return (
            200,
            {"url": f"{self.hub.endpoint}/{kind}s/{repo.id}", "name": repo.id, "id": repo.id},
            {},
        )

    def delete(self):
        asked = self.json()
        self.kinds = f"{asked['type']}s"
        self.name = f"{asked['organization'] or self.user().name}/{asked['name']}"
        self.repo(write=True)
        del self.hub.repos[asked["type"], self.name]
        return 200, {}, {}

    def info(self, rev="main"):
        repo = self.repo()
        commit = repo.commit(rev)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        files = [{"rfilename": path} for path in sorted(commit.tree)]
        told = {"_id": repo.id, "id": repo.id, "author": repo.namespace, "sha": commit.id}
        told |= {
            "private": repo.private,
            "gated": False,
            "disabled": False,
            "tags": [],
            "downloads": 0,
        }
        return (
            200,
            {**told, "likes": 0, "lastModified": now, "createdAt": now, "siblings": files},
            {},
        )

    def refs(self):
        repo = self.repo()

        def named(refs, kind):
            return [
                {"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": c} for n, c in refs.items()
            ]

        told = {"branches": named(repo.branches, "heads"), "tags": named(repo.tags, "tags")}
        return 200, {**told, "converts": [], "pullRequests": []}, {}

    def commits(self, rev):
        repo, listed = self.repo(), []
        name = repo.commit(rev).id
        while name:
            one = repo.commits[name]
            date = "2026-01-01T00:00:00.000Z"
            author = [{"user": one.author}]
            listed.append(
                {"id": one.id, "title": one.title, "message": "", "authors": author, "date": date}
            )
            name = one.parent
        return 200, listed, {"X-Total-Count": str(len(listed))}

    def entry(self, repo, path, blob, *, expand):
        told = {"type": "file", "path": path, "size": blob.size, "oid": blob.oid}
        if blob.sha256:
            size = len(pointer(blob.sha256, blob.size))
            told["lfs"] = {"oid": blob.sha256, "size": blob.size, "pointerSize": size}
        if expand:
            date = "2026-01-01T00:00:00.000Z"
            told["lastCommit"] = {"id": repo.branches["main"], "title": "", "date": date}
            told["securityFileStatus"] = None
        return told

    def tree(self, rev, path=""):
        repo = self.repo()
        tree = repo.commit(rev).tree
        is_deep = self.query.get("recursive", ["false"])[0].lower() == "true"
        expand = self.query.get("expand", ["false"])[0].lower() == "true"
        start = f"{path}/" if path else ""
        if path and not any(one.startswith(start) for one in tree):
            raise Refused(404, f'{path} does not exist on "{rev}"', "EntryNotFound")
        listed = {}
        for one, blob in sorted(tree.items()):
            if not one.startswith(start):
                continue
            parts = one.removeprefix(start).split("/")
            for depth in range(1, len(parts) if is_deep else min(2, len(parts))):
                folder = start + "/".join(parts[:depth])
                listed[folder] = {
                    "type": "directory",
                    "path": folder,
                    "size": 0,
                    "oid": git_oid(folder.encode()),
                }
            if is_deep or len(parts) == 1:
                listed[one] = self.entry(repo, one, blob, expand=expand)
        size = EXPANDED_PAGE if expand else PAGE
        first = int(self.query.get("cursor", ["0"])[0])
        page, headers = list(listed.values())[first : first + size], {}
        if first + size < len(listed):
            place = urlsplit(self.path).path
            asked = f"recursive={is_deep}&expand={expand}&cursor={first + size}"
            headers["Link"] = f'<{self.hub.endpoint}{place}?{asked}>; rel="next"'
        return 200, page, headers

    def paths_info(self, rev):
        repo = self.repo()
        tree = repo.commit(rev).tree
        form = parse_qs(self.data.decode())
        expand = form.get("expand", ["false"])[0].lower() == "true"
        found = [path for path in form.get("paths", ()) if path in tree]
        return 200, [self.entry(repo, path, tree[path], expand=expand) for path in found], {}

    def preupload(self, rev):
        repo = self.repo(write=True)
        if rev not in repo.branches:
            raise Refused(404, f"Invalid rev id: {rev}", "RevisionNotFound")
        tree, asked = repo.commit(rev).tree, self.json()
        hosted = tree[".gitignore"].data.decode() if ".gitignore" in tree else ""
        ignored = [p for p in asked.get("gitIgnore", hosted).split("\n") if p.strip()]
        files = []
        for one in asked["files"]:
            path, sample = one["path"], base64.b64decode(one["sample"])
            if len(sample) > 512:
                raise Refused(400, '"sample" is too long')
            there = tree.get(path)
            files.append(
                {
                    "path": path,
                    "uploadMode": "lfs" if is_large(path, sample, one["size"]) else "regular",
                    "shouldIgnore": any(
                        fnmatch.fnmatch(path, p) or path.startswith(f"{p.strip('/')}/")
                        for p in ignored
                    ),
                    "oid": there and (there.sha256 or there.oid),
                }
            )
        return 200, {"files": files}, {}

    def lfs_batch(self):
        repo, asked = self.repo(write=True), self.json()
        if asked.get("operation") != "upload" or "basic" not in asked["transfers"]:
            raise Refused(422, "only uploads by the basic transfer")
        new = [one for one in asked["objects"] if one["oid"] not in repo.stored]
        total = sum(map(len, repo.stored.values())) + sum(one["size"] for one in new)
        if repo.quota_bytes is not None and total > repo.quota_bytes:
            raise Refused(403, "Private repository storage limit reached, please upgrade your plan")
        objects = []
        for one in asked["objects"]:
            told = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in repo.stored:
                place = f"/{repo.type}/{repo.id}/{one['oid']}/{one['size']}"
                verify = f"{self.hub.endpoint}/{self.kinds}/{quote(self.name)}.git/info/lfs/objects/verify"
                told["actions"] = {
                    "upload": {"href": self.hub.sign(place)},
                    "verify": {"href": verify},
                }
            objects.append(told)
        return 200, {"transfer": "basic", "objects": objects}, {}

    def lfs_verify(self):
        repo, asked = self.repo(write=True), self.json()
        if (
            len(repo.stored.get(asked["oid"], b"")) != asked["size"]
            or asked["oid"] not in repo.stored
        ):
            raise Refused(404, "the object is not in storage, or has another size")
        return 200, {}, {}

    def validate_yaml(self):
        asked = self.json()
        warnings = check_card(asked["content"], asked["repoType"])
        return 200, {"errors": [], "warnings": warnings}, {}

    def commit(self, rev):
        repo = self.repo(write=True)
        if rev not in repo.branches:
            raise Refused(404, f"Invalid rev id: {rev}", "RevisionNotFound")
        if self.headers.get("Content-Type") != "application/x-ndjson":
            raise Refused(415, "a commit is application/x-ndjson")
        header, *operations = [json.loads(line) for line in self.data.splitlines()]
        if header["key"] != "header" or not header["value"].get("summary"):
            raise Refused(400, "a commit begins with its summary")
        parent = header["value"].get("parentCommit")
        if parent is not None and not repo.branches[rev].startswith(parent):
            raise Refused(412, "A commit has happened since. Please refresh and try again.")
        if not operations:
            raise Refused(400, "an empty commit")
        tree = dict(repo.commit(rev).tree)
        for one in operations:
            self.apply(repo, tree, one["key"], one["value"])
        made = repo.add(rev, tree, header["value"]["summary"], self.user().name)
        url = f"{self.hub.endpoint}/{self.kinds}/{repo.id}/commit/{made.id}"
        return 200, {"success": True, "commitOid": made.id, "commitUrl": url, "hookOutput": ""}, {}

    def apply(self, repo, tree, key, value):
        path = value["path"]
        if not path or path.startswith("/") or {"..", ".", ".git", ""} & set(path.split("/")):
            raise Refused(400, f"Invalid path: {path}")
        if key == "deletedFile":
            if path not in tree:
                raise Refused(404, "A file with this name doesn't exist", "EntryNotFound")
            del tree[path]
            return
        if any(one.startswith(f"{path}/") or path.startswith(f"{one}/") for one in tree):
            raise Refused(400, f"{path} is a file and a folder")
        if key == "lfsFile":
            oid = value["oid"]
            if (
                value.get("algo") != "sha256"
                or len(repo.stored.get(oid, b"")) != value["size"]
                or oid not in repo.stored
            ):
                raise Refused(400, f"LFS pointer of {path} points to a file that does not exist")
            text = pointer(oid, value["size"])
            tree[path] = Blob(oid=git_oid(text), size=value["size"], sha256=oid)
        elif key == "file":
            data = base64.b64decode(value["content"], validate=True)
            if data and is_large(path, data[:512], len(data)):
                kind = (
                    "files larger than 10 MiB" if len(data) > MAX_REGULAR_BYTES else "binary files"
                )
                raise Refused(
                    400,
                    f"Your push was rejected because it contains {kind}. Offending files: {path}",
                )
            if path == "README.md":
                check_card(data.decode(), repo.type)
            tree[path] = regular(data)
        else:
            raise Refused(400, f"unknown operation {key}")

    def branch(self, branch):
        repo = self.repo(write=True)
        if branch.startswith("refs/"):
            raise Refused(400, f"Invalid reference for a branch: {branch}")
        if branch in repo.branches:
            raise Refused(409, f"Reference already exists: refs/heads/{branch}")
        repo.point(branch, repo.commit(self.json().get("startingPoint", "main")).id)
        return 200, {}, {}

    def delete_branch(self, branch):
        if branch == "main":
            raise Refused(403, "Cannot delete the main branch")
        del self.repo(write=True).branches[branch]
        return 200, {}, {}

    def tag(self, rev):
        repo, asked = self.repo(write=True), self.json()
        if asked["tag"] in repo.tags:
            raise Refused(409, f"Tag reference exists already: refs/tags/{asked['tag']}")
        repo.tags[asked["tag"]] = repo.commit(rev).id
        return 200, {}, {}

    def resolve(self, rev, path):
        repo = self.repo()
        commit = repo.commit(rev)
        if path not in commit.tree:
            raise Refused(404, "Entry not found", "EntryNotFound")
        blob = commit.tree[path]
        headers = {"X-Repo-Commit": commit.id, "Accept-Ranges": "bytes"}
        if blob.sha256 is None:
            return self.ranged(blob.data, {**headers, "ETag": f'"{blob.oid}"'})
        place = self.hub.sign(f"/{repo.type}/{repo.id}/{blob.sha256}/{blob.size}")
        linked = {
            "X-Linked-Size": str(blob.size),
            "X-Linked-Etag": f'"{blob.sha256}"',
            "Location": place,
        }
        return 302, b"", {**headers, **linked, "ETag": f'"{blob.oid}"'}


_ID = r"(?P<name>[^/]+(?:/[^/]+)?)"
_API = rf"/api/(?P<kinds>models|datasets|spaces)/{_ID}"
ROUTES = [
    ("GET", r"/api/whoami-v2", "whoami"),
    ("POST", r"/api/repos/create", "create"),
    ("DELETE", r"/api/repos/delete", "delete"),
    ("POST", r"/api/validate-yaml", "validate_yaml"),
    ("GET", rf"{_API}/refs", "refs"),
    ("GET", rf"{_API}/revision/(?P<rev>[^/]+)", "info"),
    ("GET", rf"{_API}/commits/(?P<rev>[^/]+)", "commits"),
    ("GET", rf"{_API}/tree/(?P<rev>[^/]+)(?:/(?P<path>.+))?", "tree"),
    ("POST", rf"{_API}/paths-info/(?P<rev>[^/]+)", "paths_info"),
    ("POST", rf"{_API}/preupload/(?P<rev>[^/]+)", "preupload"),
    ("POST", rf"{_API}/commit/(?P<rev>[^/]+)", "commit"),
    ("POST", rf"{_API}/branch/(?P<branch>[^/]+)", "branch"),
    ("DELETE", rf"{_API}/branch/(?P<branch>[^/]+)", "delete_branch"),
    ("POST", rf"{_API}/tag/(?P<rev>[^/]+)", "tag"),
    ("GET", _API, "info"),
    ("POST", rf"/(?P<kinds>models|datasets|spaces)/{_ID}\.git/info/lfs/objects/batch", "lfs_batch"),
    (
        "POST",
        rf"/(?P<kinds>models|datasets|spaces)/{_ID}\.git/info/lfs/objects/verify",
        "lfs_verify",
    ),
    (
        "GET HEAD",
        rf"/(?P<kinds>datasets|spaces)/{_ID}/resolve/(?P<rev>[^/]+)/(?P<path>.+)",
        "resolve",
    ),
]
