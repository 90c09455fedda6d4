"""Files: between scripts with --send and --receive, and between people with a pasted code."""

import hashlib
import os
import subprocess
import tempfile
import unittest

from peer import LOCAL, PATIENCE, PROGRAM, PeerTest, with_either_signalling


class FileTest(PeerTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, size):
        content = os.urandom(size)
        with open(self.path(name), "wb") as file:
            file.write(content)
        return content, hashlib.sha256(content).hexdigest()

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()


@with_either_signalling
class BetweenScripts(FileTest):
    def assert_arrives(self, size, sender_offers=True):
        content, sha256 = self.make("sent", size)
        send = ["--send", self.path("sent"), "--exit-after", "done"]
        receive = ["--receive", self.path("received"), "--exit-after", "done"]
        first, second = self.pair(send, receive) if sender_offers else self.pair(receive, send)
        sender, receiver = (first, second) if sender_offers else (second, first)
        for peer, direction in ((sender, "send"), (receiver, "receive")):
            done = peer.wait("done", direction=direction)
            self.assertEqual((done["bytes"], done["total"], done["sha256"]), (size, size, sha256))
        self.assert_exits(sender, 0)
        self.assert_exits(receiver, 0)
        self.assertEqual(self.read("received"), content)
        self.assertEqual(sorted(os.listdir(self.folder)), ["received", "sent"])

    def test_a_file_arrives_whole(self):
        self.assert_arrives(20 * 1024 * 1024 + 17)

    def test_an_empty_file_arrives(self):
        self.assert_arrives(0)

    def test_files_about_the_size_of_a_message_arrive(self):
        for size in (1, 65535, 65536, 65537):
            with self.subTest(size):
                self.assert_arrives(size)

    def test_the_answerer_may_send_too(self):
        self.assert_arrives(300_000, sender_offers=False)

    def test_progress_is_told_at_most_ten_times_a_second(self):
        self.make("sent", 60 * 1024 * 1024)
        sender, receiver = self.pair(["--send", self.path("sent")], ["--receive", self.path("received")])
        for peer, direction in ((sender, "send"), (receiver, "receive")):
            done = peer.wait("done", direction=direction)
            progress = peer.events("progress", direction=direction)
            self.assertLessEqual(len(progress), 10 * done["seconds"] + 2)
            for line in progress:
                self.assertLessEqual(line["bytes"], line["total"])

    def test_both_may_send_at_once(self):
        one, _ = self.make("one", 3_000_000)
        two, _ = self.make("two", 2_000_000)
        first, second = self.pair(["--send", self.path("one"), "--receive", self.path("two.copy")],
                                  ["--send", self.path("two"), "--receive", self.path("one.copy")])
        for peer in (first, second):
            peer.wait("done", direction="send")
            peer.wait("done", direction="receive")
        self.assertEqual(self.read("one.copy"), one)
        self.assertEqual(self.read("two.copy"), two)

    def test_a_receiver_that_can_not_write_refuses_and_both_fail(self):
        self.make("sent", 1000)
        sender, receiver = self.pair(["--send", self.path("sent"), "--exit-after", "done"],
                                     ["--receive", self.path("no/such/folder"), "--exit-after", "done"])
        self.assertIn("no/such/folder", sender.wait("error")["message"])
        self.assert_exits(sender, 1)
        self.assert_exits(receiver, 1)

    def test_nothing_is_left_of_a_file_that_was_cut_off(self):
        self.make("sent", 200 * 1024 * 1024)
        sender, receiver = self.pair(["--send", self.path("sent")], ["--receive", self.path("received")])
        receiver.wait("progress", direction="receive")
        sender.command("close", label="file")
        sender.process.send_signal(subprocess.signal.SIGTERM)
        self.assertEqual(receiver.wait("error")["name"], "NetworkError")
        self.assert_exits(sender, 1)
        self.assert_exits(receiver, 1)
        self.assertEqual(os.listdir(self.folder), ["sent"])

    def test_the_channel_of_the_file_is_not_for_other_messages(self):
        self.make("sent", 1000)
        sender, receiver = self.pair(["--send", self.path("sent")], ["--receive", self.path("received")])
        sender.wait("done")
        sender.command("send", label="file", text="x")
        self.assertEqual(sender.wait("error")["name"], "InvalidStateError")

    def test_a_hostile_sender_is_refused(self):
        # Its own peer takes `file` for a plain channel, so that the test writes the protocol itself.
        cases = [
            ['{"end":{"sha256":"x"}}'], ['{"file":{"name":"x"}}'], ['{"file":{"name":"x","size":-1}}'], ["nonsense"],
            ['{"file":{"name":"x","size":1}}', '{"file":{"name":"x","size":1}}'], ['{"received":{"bytes":0,"sha256":""}}'],
            ['{"file":{"name":"x","size":1}}', '{"end":{"sha256":"x"}}'],
            ['{"file":{"name":"x","size":0}}', '{"end":{"sha256":"x"}}'],
            ['{"file":{"name":"x","size":1}}', b"eHg="], [b"eHg="]]
        for messages in cases:
            with self.subTest(messages):
                first, second = self.connected(["--channel", "file"], ["--receive", self.path("received")], label="file")
                for message in messages:
                    if isinstance(message, bytes):
                        first.command("send", label="file", base64=message.decode())
                    else:
                        first.command("send", label="file", text=message)
                self.assertIn("refused", first.wait("message", label="file")["text"])
                second.wait("error")
                self.assertEqual(os.listdir(self.folder), [])
                first.command("stop")
                self.assert_exits(second, 1)


class BetweenPeople(FileTest):
    def start(self, *arguments):
        process = subprocess.Popen([*PROGRAM, *arguments, *LOCAL], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate(timeout=PATIENCE)) if process.poll() is None else None)
        return process

    def exchange(self, sender, receiver):
        codes = [process.stdout.readline() for process in (sender, receiver)]
        for code in codes:
            self.assertRegex(code, r"^[A-Za-z0-9_-]{100,4000}\n$")
        receiver.stdin.write("what is this?\n" + codes[0])
        sender.stdin.write("  " + codes[1])
        for process in (sender, receiver):
            process.stdin.flush()
        return [process.communicate(timeout=PATIENCE)[1] for process in (sender, receiver)]

    def test_a_file_goes_from_one_to_the_other(self):
        content, sha256 = self.make("photo.jpg", 3_000_000)
        os.mkdir(self.path("inbox"))
        sender = self.start("send", self.path("photo.jpg"))
        receiver = self.start("receive", "--folder", self.path("inbox"))
        said = self.exchange(sender, receiver)
        self.assertEqual((sender.returncode, receiver.returncode), (0, 0), said)
        self.assertEqual(self.read("inbox/photo.jpg"), content)
        self.assertIn("no code", said[1])
        for text in said:
            self.assertIn(sha256, text)

    def test_a_file_that_is_there_is_not_overwritten(self):
        content, _ = self.make("photo.jpg", 1000)
        os.mkdir(self.path("inbox"))
        with open(self.path("inbox/photo.jpg"), "w") as file:
            file.write("mine")
        said = self.exchange(self.start("send", self.path("photo.jpg")), self.start("receive", "--folder", self.path("inbox")))
        self.assertEqual(self.read("inbox/photo (2).jpg"), content, said)
        self.assertEqual(self.read("inbox/photo.jpg"), b"mine")

    def test_without_a_code_nothing_happens(self):
        process = self.start("receive")
        process.stdout.readline()
        _, said = process.communicate("", timeout=PATIENCE)
        self.assertEqual(process.returncode, 1)
        self.assertIn("No code came", said)


if __name__ == "__main__":
    unittest.main()
