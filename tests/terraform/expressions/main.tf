# The root module in which vectors.jsonl was evaluated: Terraform 1.11.4, `terraform plan`, each expression as
# `output "o" { value = { v = EXPRESSION } }`. context.json says what the locals came to.
# Vectors with a key "sensitive" were computed by the libraries of that version: hcl 2.23.0, go-cty 1.16.0.

resource "terraform_data" "this" {
  for_each = {
    string = "s"
    number = 1
    bool   = true
    list   = tolist(["a", "b"])
    set    = toset(["a", "b"])
    map    = tomap({ a = "1", b = "2" })
    object = { a = "1", b = 2 }
    tuple  = ["a", 2]
  }
  input = each.value
}

locals {
  text    = "ann"
  size    = 20
  flag    = true
  list    = tolist(["a", "b", "c"])
  numbers = tolist([3, 1, 2])
  set     = toset(["b", "a", "c"])
  map     = tomap({ env = "prod", team = "core" })
  object  = { name = "ann", age = 30, mail = null }
  objects = [{ name = "ann", size = 1 }, { name = "bob", size = 20 }]
  disks   = { root = { size = 8, encrypted = true }, data = { size = 100, encrypted = false } }
  mixed   = ["one", 2, true, null, ["nested"], { key = "value" }]
  nothing = tostring(null)
  no_list = true ? null : tolist(["a"])
  no_any  = null
  secret  = sensitive("s3cr3t")
  secrets = { open = "o", closed = sensitive("c") }

  unknown_any    = jsondecode(local.unknown_string)
  unknown_string = terraform_data.this["string"].output
  unknown_number = terraform_data.this["number"].output
  unknown_bool   = terraform_data.this["bool"].output
  unknown_list   = terraform_data.this["list"].output
  unknown_set    = terraform_data.this["set"].output
  unknown_map    = terraform_data.this["map"].output
  unknown_object = terraform_data.this["object"].output
  unknown_tuple  = terraform_data.this["tuple"].output
  unknown_id     = terraform_data.this["string"].id
  partly_list    = ["a", local.unknown_string, "c"]
  partly_map     = { a = "known", b = local.unknown_string }
}
