"""A mail server that speaks as much IMAP (RFC 3501, 6851, 4315) as a client needs to read and sort a mailbox."""

import re
import shlex
import socketserver
import threading
from dataclasses import dataclass, field

USER, PASSWORD = "answers@example.edu", "s3cret & long"


@dataclass
class ImapServer:
    """Folders of mails by UID on a free port of 127.0.0.1. Its doors and defects are what a test sets."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    # What it can do for whom it knows; it does not tell strangers, as Dovecot does not.
    capabilities: str = "IMAP4rev1 UIDPLUS MOVE"
    knows_whom: bool = False
    uid_validity: int = 7
    next_uid: int = 1
    # Where the server lets people make folders.
    folders_begin: str = ""
    hangs_up_at: str = ""
    deleted: set[int] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def put(self, raw: bytes) -> int:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.folders["INBOX"][uid] = raw
        return uid

    def start(self) -> "ImapServer":
        server = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                server.knows_whom = False
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline().decode().strip():
                    tag, _, command = line.partition(" ")
                    server.commands.append(command)
                    if server.hangs_up_at and server.hangs_up_at in command:
                        return
                    self.wfile.write(server.answer(tag, command))
                    if command == "LOGOUT":
                        return

        self.threads = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation, bind_and_activate=True)
        self.threads.daemon_threads = True
        self.port = self.threads.server_address[1]
        threading.Thread(target=self.threads.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self.threads.shutdown()
        self.threads.server_close()

    def answer(self, tag: str, command: str) -> bytes:
        name, *words = shlex.split(command)
        if name == "UID":
            name, *words = words
            name = f"UID {name}"
        method = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
        untagged, said = method(*words) if method else (b"", "BAD unknown command")
        return untagged + f"{tag} {said}\r\n".encode()

    def do_capability(self):
        can = self.capabilities if self.knows_whom else "IMAP4rev1"
        return f"* CAPABILITY {can}\r\n".encode(), "OK done"

    def do_login(self, user, password):
        self.knows_whom = (user, password) == (USER, PASSWORD)
        return b"", "OK in" if self.knows_whom else "NO [AUTHENTICATIONFAILED] wrong"

    def do_select(self, folder):
        if folder not in self.folders:
            return b"", "NO no such folder"
        said = f"* {len(self.folders[folder])} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] valid\r\n"
        return said.encode(), "OK [READ-WRITE] selected"

    def do_uid_search(self, _, range_of):
        first, inbox = int(range_of.split(":")[0]), sorted(self.folders["INBOX"])
        # As RFC 3501 has it, 9:* holds the last mail even where that is 5.
        found = [uid for uid in inbox if uid >= first] or inbox[-1:]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode(), "OK done"

    def do_uid_fetch(self, uid, *what):
        most = int(re.search(r"PEEK\[\]<0\.(\d+)>", " ".join(what))[1])
        raw = self.folders["INBOX"].get(int(uid))
        if raw is None:
            return b"", "OK nothing"
        part = raw[:most]
        return f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(part)}}}\r\n".encode() + part + b")\r\n", "OK done"

    def do_create(self, folder):
        if folder in self.folders or not folder.startswith(self.folders_begin):
            return b"", "NO cannot"
        self.folders[folder] = {}
        return b"", "OK made"

    def do_uid_copy(self, uid, folder):
        if folder not in self.folders:
            return b"", "NO [TRYCREATE] no such folder"
        if int(uid) in self.folders["INBOX"]:
            self.folders[folder][int(uid)] = self.folders["INBOX"][int(uid)]
        return b"", "OK copied"

    def do_uid_move(self, uid, folder):
        untagged, said = self.do_uid_copy(uid, folder)
        if said.startswith("OK"):
            self.folders["INBOX"].pop(int(uid), None)
        return untagged, said

    def do_uid_store(self, uid, *_):
        self.deleted.add(int(uid))
        return b"", "OK flagged"

    def do_uid_expunge(self, uid):
        if int(uid) in self.deleted:
            self.folders["INBOX"].pop(int(uid), None)
        return b"", "OK gone"

    def do_logout(self):
        return b"* BYE\r\n", "OK bye"
