"""Makes projects of a given size and shape to measure with. The same seed, size and shape give the same files.

    python benchmarks/projects.py --shape terraform --megabytes 1 FOLDER

Shapes: `terraform` (many small root modules as teams write them: networks, databases, buckets with their
configurations, queues, keys, user data), `flat` (one root module with as many buckets and configurations as fit,
to show quadratic look-ups), `modules` (one root calling one module again and again), `cloudformation` (many
templates with parameters and conditions).
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20230105

_TERRAFORM = """\
# Service {name}
variable "environment_{name}" {{
  type    = string
  default = "{environment}"
}}

locals {{
  prefix_{name} = "${{var.environment_{name}}}-{name}"
  tags_{name}   = merge({{ Service = "{name}" }}, {{ DataClassification = "{classification}" }})
}}

resource "aws_kms_key" "{name}" {{
  description         = "Key of ${{local.prefix_{name}}}"
  enable_key_rotation = {rotation}
  tags                = local.tags_{name}
}}

resource "aws_s3_bucket" "{name}" {{
  bucket = "${{local.prefix_{name}}}-data"
  tags   = local.tags_{name}
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm     = "{algorithm}"
      kms_master_key_id = {algorithm_key}
    }}
  }}
}}

resource "aws_ebs_volume" "{name}" {{
  count             = {count}
  availability_zone = "eu-west-1a"
  size              = {size}
  encrypted         = {encrypted}
}}

resource "aws_db_instance" "{name}" {{
  identifier        = "${{local.prefix_{name}}}-db"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = {encrypted}
  kms_key_id        = aws_kms_key.{name}.arn
}}

resource "aws_lb" "{name}" {{
  name               = local.prefix_{name}
  load_balancer_type = "application"
  subnets            = ["subnet-0a", "subnet-0b"]
}}

resource "aws_lb_listener" "{name}" {{
  load_balancer_arn = aws_lb.{name}.arn
  port              = {port}
  protocol          = "{protocol}"

  default_action {{
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1"
  }}
}}

resource "aws_security_group" "{name}" {{
  name = local.prefix_{name}

  ingress {{
    from_port   = {port}
    to_port     = {port}
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }}
}}

resource "aws_iam_policy" "{name}" {{
  name = local.prefix_{name}
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "${{aws_s3_bucket.{name}.arn}}/*" }}]
  }})
}}

resource "aws_sqs_queue" "{name}" {{
  name                    = local.prefix_{name}
  sqs_managed_sse_enabled = {encrypted}
}}

"""

_FLAT = """\
resource "aws_s3_bucket" "{name}" {{
  bucket = "data-{name}"
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "{name}" {{
  bucket = aws_s3_bucket.{name}.id

  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm = "{algorithm}"
    }}
  }}
}}

"""

_CALL = """\
module "{name}" {{
  source    = "./volume"
  encrypted = {encrypted}
  size      = {size}
}}

"""

_CALLED = """\
variable "encrypted" {
  type = bool
}

variable "size" {
  type = number
}

resource "aws_ebs_volume" "this" {
  availability_zone = "eu-west-1a"
  size              = var.size
  encrypted         = var.encrypted
}
"""

_TEMPLATE_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage:
    Type: String
    AllowedValues: [test, prod]
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
"""

_TEMPLATE = """\
  {name}Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: {rotation}
  {name}Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${{AWS::StackName}}-{name}"
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: !If [IsProd, "aws:kms", "{algorithm}"]
              KMSMasterKeyID: !If [IsProd, !GetAtt {name}Key.Arn, !Ref AWS::NoValue]
  {name}Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      StorageEncrypted: {encrypted}
      KmsKeyId: !GetAtt {name}Key.Arn
  {name}Queue:
    Type: AWS::SQS::Queue
    Properties:
      SqsManagedSseEnabled: {encrypted}
"""


def _settings(rng: random.Random, number: int) -> dict[str, object]:
    """The choices of one service: mostly sound, now and then wrong."""
    sound = rng.random() < 0.8
    name = f"svc{number}"
    algorithm = "aws:kms" if sound else "AES256"
    return {
        "name": name,
        "environment": rng.choice(["test", "staging", "prod"]),
        "classification": rng.choice(["public", "internal", "confidential", "pii"]),
        "rotation": str(sound).lower(),
        "algorithm": algorithm,
        "algorithm_key": f"aws_kms_key.{name}.arn" if sound else "null",
        "count": rng.randint(1, 3),
        "size": rng.randint(8, 500),
        "encrypted": str(rng.random() < 0.8).lower(),
        "port": 443 if sound else 80,
        "protocol": "HTTPS" if sound else "HTTP",
    }


def _pieces(template: str, size: int, rng: random.Random) -> Iterator[str]:
    """The template filled in again and again until `size` bytes have been made."""
    made, number = 0, 0
    while made < size:
        text = template.format(**_settings(rng, number))
        made += len(text)
        number += 1
        yield text


def _terraform(folder: Path, size: int, rng: random.Random) -> None:
    per_module = 40_000
    for number in range(max(1, size // per_module)):
        module = folder / f"team{number:04}"
        module.mkdir(parents=True)
        for part, text in enumerate(_pieces(_TERRAFORM, min(size, per_module), rng)):
            (module / f"service{part:03}.tf").write_text(text)


def _flat(folder: Path, size: int, rng: random.Random) -> None:
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text("".join(_pieces(_FLAT, size, rng)))


def _modules(folder: Path, size: int, rng: random.Random) -> None:
    (folder / "volume").mkdir(parents=True)
    (folder / "volume" / "main.tf").write_text(_CALLED)
    (folder / "main.tf").write_text("".join(_pieces(_CALL, size, rng)))


def _cloudformation(folder: Path, size: int, rng: random.Random) -> None:
    folder.mkdir(parents=True)
    per_template = 25_000
    for number in range(max(1, size // per_template)):
        text = _TEMPLATE_HEAD + "".join(_pieces(_TEMPLATE, min(size, per_template), rng))
        (folder / f"stack{number:04}.yaml").write_text(text)


SHAPES: dict[str, Callable[[Path, int, random.Random], None]] = {
    "terraform": _terraform,
    "flat": _flat,
    "modules": _modules,
    "cloudformation": _cloudformation,
}


def make(shape: str, folder: Path, megabytes: float) -> int:
    """Writes a project of about that size into a folder that does not exist yet; gives the bytes written."""
    SHAPES[shape](folder, int(megabytes * 1_000_000), random.Random(SEED))
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="terraform")
    parser.add_argument("--megabytes", type=float, default=1.0)
    arguments = parser.parse_args()
    print(f"{make(arguments.shape, arguments.folder, arguments.megabytes):,} bytes in {arguments.folder}")


if __name__ == "__main__":
    main()
